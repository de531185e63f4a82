import CLinux
import Foundation
import TestSupport

/// A program that runs beside the benchmark, on loopback alone. To be ended by ``end()``.
final class BenchmarkProcess {
    private let process = Process()

    /// Starts it; what it writes goes to `log`, for a person to look at when something fails.
    init(_ program: String, _ arguments: [String], environment: [String: String] = [:], log: URL) throws {
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    /// CPU seconds so far, of it and all that it started.
    var cpu: Double { Self.cpu(below: process.processIdentifier) }

    /// A number of /proc/PID/status: kilobytes, or a count.
    func status(_ name: String) throws -> Double { try Self.number(name, in: "\(process.processIdentifier)/status") }

    /// Seconds that it has run so far, without what it started: finer than ``cpu``.
    func processorTime() throws -> Double {
        let seconds = mainstay_processor_time(process.processIdentifier)
        guard seconds >= 0 else { throw POSIXError(.ESRCH) }
        return seconds
    }

    /// Bytes that it had the disk write.
    func written() throws -> Double { try Self.number("write_bytes", in: "\(process.processIdentifier)/io") }

    /// How often each of its threads has gone to sleep so far, and so was woken.
    func wakeUps() throws -> [String: Double] {
        let tasks = "\(process.processIdentifier)/task"
        return try FileManager.default.contentsOfDirectory(atPath: "/proc/\(tasks)").reduce(into: [:]) {
            // A thread may end between being listed and being looked at.
            $0[$1] = try? Self.number("voluntary_ctxt_switches", in: "\(tasks)/\($1)/status")
        }
    }

    private static func number(_ name: String, in file: String) throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(file)", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
        return Double(line.split(whereSeparator: { !$0.isNumber }).first ?? "") ?? .nan
    }

    /// Whether something that it started still runs.
    var isBusy: Bool { Self.stats().contains { $0.parent == process.processIdentifier } }

    /// Asks it to end, and waits for that.
    func end() {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }

    /// Runs a program to its end.
    ///
    /// - Returns: its CPU seconds.
    @discardableResult
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Double {
        let before = ofChildren
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw HostFailure("\(program) ended with an error") }
        return ofChildren - before
    }

    /// The program `name` where there is one on the PATH.
    static func find(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static var ofChildren: Double {
        stats().first { $0.id == getpid() }?.ended ?? 0
    }

    private struct Stat {
        var id: pid_t
        var parent: pid_t
        /// CPU seconds of its own, and of its children that ended.
        var own: Double
        var ended: Double
    }

    /// proc(5): the fields behind the program's name, which stands in parentheses.
    private static func stats() -> [Stat] {
        let tick = Double(sysconf(Int32(_SC_CLK_TCK)))
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard let id = pid_t(name), let text = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let end = text.lastIndex(of: ")")
            else { return nil }
            let fields = text[end...].split(separator: " ").dropFirst().map { Double($0) ?? 0 }
            guard fields.count > 14 else { return nil }
            return Stat(
                id: id, parent: pid_t(fields[1]), own: (fields[11] + fields[12]) / tick,
                ended: (fields[13] + fields[14]) / tick)
        }
    }

    private static func cpu(below root: pid_t) -> Double {
        let stats = stats()
        var tree: Set<pid_t> = [root]
        while case let more = stats.filter({ tree.contains($0.parent) && !tree.contains($0.id) }), !more.isEmpty {
            tree.formUnion(more.map(\.id))
        }
        return stats.filter { tree.contains($0.id) }.reduce(0) { $0 + $1.own + $1.ended }
    }
}
