import Foundation
import Glibc

/// Runs the JPEG tools of libjpeg-turbo-progs and exiftool on bytes in memory.
public enum ImagingTool {
    /// What a tool said.
    public struct Outcome: Sendable {
        /// As waitpid(2) gives it: 0 for success.
        public var status: Int32
        /// What it wrote to its standard output.
        public var output: [UInt8]
        /// What it wrote to its standard error.
        public var complaints: String

        /// The output as text.
        public var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// A tool that could not be run, or that failed where it must not.
    public struct Failure: Error, CustomStringConvertible {
        /// What went wrong.
        public var description: String

        /// A failure with this description.
        public init(description: String) { self.description = description }
    }

    /// Runs `tool` from the search path with `input` as its standard input, and answers whatever came of it.
    public static func outcome(_ tool: String, _ arguments: [String], input: [UInt8] = []) throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: "imaging-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["in", "out", "err"].map { folder.appending(path: $0) }
        try Data(input).write(to: files[0])

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, files[0].path, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, files[1].path, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, files[2].path, O_WRONLY | O_CREAT, 0o600)
        var words: [UnsafeMutablePointer<CChar>?] = ([tool] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        let fault = posix_spawnp(&process, tool, &actions, nil, &words, environ)
        guard fault == 0 else {
            throw Failure(description: "\(tool) could not be started: \(String(cString: strerror(fault)))")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw Failure(description: "waitpid: \(String(cString: strerror(errno)))") }
        }
        return Outcome(
            status: status, output: [UInt8](try Data(contentsOf: files[1])),
            complaints: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
    }

    /// The output of a tool that has to succeed without a complaint.
    public static func run(_ tool: String, _ arguments: [String], input: [UInt8] = []) throws -> [UInt8] {
        let outcome = try outcome(tool, arguments, input: input)
        guard outcome.status == 0, outcome.complaints.isEmpty else {
            throw Failure(description: "\(tool) \(arguments): \(outcome.status) \(outcome.complaints)")
        }
        return outcome.output
    }

    /// What exiftool reads of the given tags, without their names, one a line.
    public static func exif(_ tags: [String], of file: [UInt8]) throws -> [String] {
        let output = try run("exiftool", ["-n", "-f", "-s3"] + tags.map { "-" + $0 } + ["-"], input: file)
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
