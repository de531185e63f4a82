import CLinux
import Foundation
import SystemPackage
import TestSupport

/// A program that runs beside the benchmark, on loopback alone. To be ended by ``end()``.
final class BenchmarkProcess {
    private let id: pid_t
    private var isRunning = true

    /// Starts it; what it writes goes to `log`, for a person to look at when something fails.
    init(_ program: String, _ arguments: [String], environment: [String: String] = [:], log: URL) throws {
        let output = try FileDescriptor.open(
            log.path, .writeOnly, options: [.create, .truncate, .append, .closeOnExec], permissions: [.ownerReadWrite])
        defer { try? output.close() }
        id = try Self.start(
            program, arguments, ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"].merging(environment) { $1 },
            output: output)
    }

    /// Starts a program that reads nothing, and writes to `output`.
    private static func start(
        _ program: String, _ arguments: [String], _ environment: [String: String], output: FileDescriptor
    ) throws -> pid_t {
        let input = try FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec)
        defer { try? input.close() }
        return try Spawn.start(
            [program] + arguments, environment: environment,
            streams: .descriptors(input.rawValue, output.rawValue, output.rawValue))
    }

    /// CPU seconds so far, of it and all that it started.
    var cpu: Double { Self.cpu(below: id) }

    /// A number of /proc/PID/status: kilobytes, or a count.
    func status(_ name: String) throws -> Double { try Self.number(name, in: "\(id)/status") }

    /// Seconds that it has run so far, without what it started: finer than ``cpu``.
    func processorTime() throws -> Double {
        let seconds = mainstay_processor_time(id)
        guard seconds >= 0 else { throw POSIXError(.ESRCH) }
        return seconds
    }

    /// Bytes that it had the disk write.
    func written() throws -> Double { try Self.number("write_bytes", in: "\(id)/io") }

    /// How often each of its threads has gone to sleep so far, and so was woken.
    func wakeUps() throws -> [String: Double] {
        let tasks = "\(id)/task"
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
    var isBusy: Bool { Self.stats().contains { $0.parent == id } }

    /// Asks it to end, and waits for that.
    func end() {
        guard isRunning else { return }
        isRunning = false
        kill(id, SIGTERM)
        _ = Spawn.waitForEnd(of: id)
    }

    /// Runs a program to its end.
    ///
    /// - Returns: its CPU seconds.
    @discardableResult
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Double {
        let before = ofChildren
        let output = try FileDescriptor.open("/dev/null", .writeOnly, options: .closeOnExec)
        defer { try? output.close() }
        let id = try start(
            program, arguments, ProcessInfo.processInfo.environment.merging(environment) { $1 }, output: output)
        guard Spawn.waitForEnd(of: id) == 0 else { throw HostFailure("\(program) ended with an error") }
        return ofChildren - before
    }

    /// Runs a program to its end.
    ///
    /// - Returns: what it wrote to its standard output.
    static func output(_ program: String, _ arguments: [String]) throws -> Data {
        let (reading, writing) = try FileDescriptor.pipe()
        defer { try? reading.close() }
        let id: pid_t
        do {
            defer { try? writing.close() }
            id = try start(program, arguments, ProcessInfo.processInfo.environment, output: writing)
        }
        let output = FileHandle(fileDescriptor: reading.rawValue).readDataToEndOfFile()
        _ = Spawn.waitForEnd(of: id)
        return output
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
