import Foundation
import Subprocess
import SystemPackage

/// A program of this package, or of the system, run by a test.
public struct CommandProgram: Sendable {
    /// What a run ended with.
    public struct Result: Sendable {
        public var status: Int32
        public var output: String
        public var errors: String

        /// What was printed, a line each, without the steps that a command tells of when a second has passed.
        public var lines: [Substring] {
            output.split(separator: "\n").filter { !$0.hasPrefix(#"{"step":"#) }
        }
    }

    private let path: String

    /// One of this package's, beside the tests' own executable.
    public init(built name: String) {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        path = own.deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// One of the system's.
    public init(path: String) { self.path = path }

    /// The file.
    public var file: String { path }

    /// Runs it to its end, with this environment and no other.
    ///
    /// - Parameters:
    ///   - input: given at once.
    ///   - dialogue: then, each `answer` is given when `prompt` has been shown on standard output after the one before.
    public func run(
        _ arguments: [String], environment: [String: String] = [:], input: String = "",
        dialogue: [(prompt: String, answer: String)] = []
    ) async throws -> Result {
        let all = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "TZ": "UTC"].merging(environment) { $1 }
        var options = PlatformOptions()
        options.processGroupID = 0
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: Arguments(arguments),
            environment: .custom(all.reduce(into: [:]) { $0[Environment.Key(stringLiteral: $1.key)] = $1.value }),
            platformOptions: options, input: .inputWriter, output: .sequence, error: .bytes(limit: 64 << 20)
        ) { execution in
            let writer = execution.standardInputWriter
            // One that has ended already takes nothing more, which is none of the test's faults.
            _ = try? await writer.write(input)
            var rest = dialogue[...]
            if rest.isEmpty { try? await writer.finish() }
            var all: [UInt8] = []
            var seen = 0
            for try await chunk in execution.standardOutput {
                chunk.withUnsafeBytes { all += $0 }
                while let next = rest.first, let found = all[seen...].firstRange(of: Array(next.prompt.utf8)) {
                    seen = found.upperBound
                    rest = rest.dropFirst()
                    _ = try? await writer.write(next.answer)
                    if rest.isEmpty { try? await writer.finish() }
                }
            }
            return all
        }
        return Result(
            status: Self.status(result.terminationStatus),
            output: String(decoding: result.closureResult, as: UTF8.self),
            errors: String(decoding: result.standardError, as: UTF8.self))
    }

    /// The exit status, or the number of the signal that ended it.
    private static func status(_ end: TerminationStatus) -> Int32 {
        switch end {
        case .exited(let code): code
        case .signaled(let signal): signal
        }
    }
}
