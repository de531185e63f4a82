import Control
import Synchronization

/// How far the running activities are, with the rate of the last seconds and the time left.
final class Progress: Sendable {
    /// One activity: what it is, and with whom.
    struct Key: Hashable, Sendable {
        var phase: ActivityProgress.Phase
        var peer: String?
    }

    private struct Activity {
        var done = 0
        var total: Int?
        var bytesDone: Int64 = 0
        var bytesTotal: Int64?
        let started = ContinuousClock.now
        /// The figures at about `window` ago and at half of that, so that the rate is a recent one.
        var marks: [(at: ContinuousClock.Instant, done: Int, bytes: Int64)] = []
    }

    /// The rate is that of the last five to ten seconds: shorter ones jump with every large file.
    private static let window: Duration = .seconds(5)

    private let activities = Mutex<[Key: Activity]>([:])
    private let bulletin: Bulletin

    init(bulletin: Bulletin) { self.bulletin = bulletin }

    /// Counts what was done, and what there is to do where that is known.
    func add(_ key: Key, done: Int = 0, total: Int? = nil, bytes: Int64 = 0, bytesTotal: Int64? = nil) {
        activities.withLock { activities in
            var activity = activities[key] ?? Activity()
            activity.done += done
            activity.bytesDone += bytes
            if let total { activity.total = total }
            if let bytesTotal { activity.bytesTotal = bytesTotal }
            let now = ContinuousClock.now
            if activity.marks.last.map({ now - $0.at >= Self.window }) ?? true {
                activity.marks = activity.marks.suffix(1) + [(now, activity.done, activity.bytesDone)]
            }
            activities[key] = activity
        }
        bulletin.post()
    }

    /// Ends an activity.
    func end(_ key: Key) {
        _ = activities.withLock { $0.removeValue(forKey: key) }
        bulletin.post()
    }

    /// The running activities, always in the same order.
    var lines: [ActivityProgress] {
        let now = ContinuousClock.now
        return activities.withLock { activities in
            activities.map { key, activity in
                var line = ActivityProgress(
                    phase: key.phase, peer: key.peer, done: activity.done, total: activity.total,
                    bytesDone: activity.bytesDone, bytesTotal: activity.bytesTotal)
                guard let mark = activity.marks.first, now - mark.at > .milliseconds(500) else { return line }
                let seconds = (now - mark.at) / .seconds(1)
                if activity.bytesDone > mark.bytes {
                    line.bytesPerSecond = Double(activity.bytesDone - mark.bytes) / seconds
                }
                if let total = activity.total, activity.done > mark.done {
                    line.secondsLeft =
                        Double(max(total - activity.done, 0)) * seconds / Double(activity.done - mark.done)
                }
                return line
            }.sorted { ($0.phase.rawValue, $0.peer ?? "") < ($1.phase.rawValue, $1.peer ?? "") }
        }
    }
}
