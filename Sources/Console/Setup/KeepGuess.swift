import Foundation
import Glibc

/// Whether a machine is one to keep the originals, by its free room.
struct KeepGuess: Equatable {
    var keepsMains: Bool
    /// Why, as a clause.
    var reason: String

    /// A disk with so much room is somebody's for keeping things.
    private static let large: Int64 = 500_000_000_000

    /// - Parameters:
    ///   - free: bytes that are free for the library.
    ///   - own: bytes of what is in it.
    init(free: Int64, own: Int64) {
        keepsMains = free >= max(Self.large, 2 * own)
        reason = "\(Quantity.bytes(free)) are free here"
    }

    /// Bytes that are free on the disk of a folder, or of the one above it that is there; nil where nobody can say.
    static func free(_ folder: String) -> Int64? {
        var folder = URL(fileURLWithPath: folder)
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path) {
            folder = folder.deletingLastPathComponent()
        }
        var room = statvfs()
        guard statvfs(folder.path, &room) == 0 else { return nil }
        return Int64(clamping: UInt64(room.f_bavail) * UInt64(room.f_frsize))
    }
}
