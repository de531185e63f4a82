import Foundation
import Glibc

/// A folder for one test, gone when the last one who holds it is.
public final class CommandScratch: Sendable {
    /// Absolute; short enough for a socket's path.
    public let path: String

    public init() throws {
        var template = Array("/tmp/mainstay-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of `name` in the folder.
    public func callAsFunction(_ name: String) -> String { path + "/" + name }
}
