import Foundation
import Synchronization

/// A program of this package, or of the system, run by a test.
public struct CommandProgram: Sendable {
    /// What a run ended with.
    public struct Result: Sendable {
        public var status: Int32
        public var output: String
        public var errors: String
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
        await CommandGate.shared.enter()
        do {
            let result = try await start(arguments, environment, input, dialogue)
            await CommandGate.shared.leave()
            return result
        } catch {
            await CommandGate.shared.leave()
            throw error
        }
    }

    private func start(
        _ arguments: [String], _ environment: [String: String], _ input: String,
        _ dialogue: [(prompt: String, answer: String)]
    ) async throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "TZ": "UTC"].merging(environment) { $1 }
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        let (exits, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            continuation.yield(process.terminationStatus)
            continuation.finish()
        }
        try process.run()
        // One that has ended already takes nothing more, which is none of the test's faults.
        try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        if dialogue.isEmpty { try stdin.fileHandleForWriting.close() }
        async let output = Self.read(stdout.fileHandleForReading, stdin.fileHandleForWriting, dialogue)
        async let errors = Self.read(stderr.fileHandleForReading, nil, [])
        let status = await exits.first { _ in true } ?? -1
        return await Result(status: status, output: output, errors: errors)
    }

    /// All that comes, read on a thread of its own; answers to `prompts` are written to `answers`, closed after the last.
    private static func read(
        _ handle: FileHandle, _ answers: FileHandle?, _ dialogue: [(prompt: String, answer: String)]
    ) async -> String {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                var all = Data()
                var rest = dialogue[...]
                var seen = 0
                while true {
                    let chunk = handle.availableData
                    if chunk.isEmpty { break }
                    all += chunk
                    while let next = rest.first, let found = all[seen...].range(of: Data(next.prompt.utf8)) {
                        seen = found.upperBound
                        rest = rest.dropFirst()
                        try? answers?.write(contentsOf: Data(next.answer.utf8))
                        if rest.isEmpty { try? answers?.close() }
                    }
                }
                continuation.resume(returning: String(decoding: all, as: UTF8.self))
            }
            thread.start()
        }
    }
}
