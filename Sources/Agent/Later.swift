import Synchronization

/// The next moment at which something that had to wait may be done.
final class Later: Sendable {
    private let moment = Mutex<Duration?>(nil)
    /// Posted when the moment comes nearer.
    let changes = Bulletin()

    /// Asks to be looked at again at `time` of the node's monotonic time.
    func look(at time: Duration) {
        moment.withLock { $0 = min($0 ?? time, time) }
        changes.post()
    }

    /// The next moment; nil when nothing waits.
    var next: Duration? { moment.withLock { $0 } }

    /// Takes the moment out when it has come.
    func isDue(at now: Duration) -> Bool {
        moment.withLock { moment in
            guard let due = moment, due <= now else { return false }
            moment = nil
            return true
        }
    }
}
