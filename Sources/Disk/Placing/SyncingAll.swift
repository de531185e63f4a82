import Synchronization

/// Whether a whole file system is synced instead of a few of its files: what others write there is waited for as well,
/// so not while they write much.
final class SyncingAll: Sendable {
    /// What takes longer than this waits for somebody else.
    private static let patience: Duration = .seconds(1)
    /// How long it is not tried again then.
    private static let pause: Duration = .seconds(60)

    private let after = Mutex<ContinuousClock.Instant?>(nil)

    var isWorthWhile: Bool { after.withLock { $0.map { $0 < .now } ?? true } }

    func took(_ time: Duration) {
        if time > Self.patience { after.withLock { $0 = .now + Self.pause } }
    }
}
