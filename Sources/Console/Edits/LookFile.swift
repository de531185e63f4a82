import Control
import Foundation
import Glibc
import Model

/// A look in a file of a person's: its JSON.
enum LookFile {
    /// Reads one from `path`, from standard input for `-`.
    static func read(_ path: String) throws -> Look {
        let name = path == "-" ? "the standard input" : "'\(path)'"
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ControlFailure(
                .failed, "The recipe \(name) cannot be read (\(String(cString: strerror(errno)))): name another file.")
        }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: Recipe.mostBytes + 1)
        // One byte more than there may be is enough to be refused.
        while bytes.count <= Recipe.mostBytes {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw ControlFailure(
                    .failed,
                    "The recipe \(name) cannot be read (\(String(cString: strerror(errno)))): name another file.")
            }
            if count == 0 { break }
            bytes += chunk.prefix(count)
        }
        do { return try Look(json: bytes) } catch {
            throw ControlFailure(.usage, "The recipe \(name) is refused: \(error.reason).")
        }
    }

    /// What such a file has.
    static func bytes(_ look: Look) -> [UInt8] { look.json + [UInt8(ascii: "\n")] }
}
