import Synchronization

/// Bytes of mains that are on their way into the library: asked for, received or being placed. What is under way takes
/// room that the catalogue does not know of yet.
final class UnderWay: Sendable {
    private let bytes = Mutex<Int64>(0)

    /// Counts a main of `count` bytes, when it and all others fit into `room`.
    ///
    /// - Returns: false when they do not, and it was not counted.
    func begin(_ count: Int64, room: Int64) -> Bool {
        bytes.withLock { bytes in
            guard count <= room - bytes else { return false }
            bytes += count
            return true
        }
    }

    /// Whether all that is counted fits into `room`, which was measured after it was.
    func fits(into room: Int64) -> Bool { bytes.withLock { $0 <= room } }

    /// A main that was counted is in the catalogue, or was given up.
    func end(_ count: Int64) { bytes.withLock { $0 -= count } }
}
