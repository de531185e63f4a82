import Synchronization

/// Collects what a sink is given.
final class Pieces: Sendable {
    private let bytes = Mutex<[UInt8]>([])
    private let count = Mutex(0)

    var all: [UInt8] { bytes.withLock { $0 } }
    /// How many pieces there were.
    var pieces: Int { count.withLock { $0 } }

    func add(_ piece: [UInt8]) {
        bytes.withLock { $0 += piece }
        count.withLock { $0 += 1 }
    }
}
