import Control
import Synchronization

/// How far the running activities are, with the rate of the last seconds and the time left.
final class Progress: Sendable {
    /// One activity: what it is, and with whom.
    struct Key: Hashable, Sendable {
        var phase: ActivityProgress.Phase
        var peer: String?
        /// Of what a person asked for, a number of its own: two commands at a time do not count each other's work.
        var command: Int?
    }

    private struct Mark {
        var at: ContinuousClock.Instant
        var worked: Int
        var bytes: Int64
    }

    private struct Activity {
        var done = 0
        /// Of those done, the ones that took work: what is passed over says nothing about how long the rest takes.
        var worked = 0
        var total: Int?
        var bytesDone: Int64 = 0
        var bytesTotal: Int64?
        /// The figures at about `window` ago and at half of that, so that the rate is a recent one.
        var marks: [Mark] = []
    }

    /// The rate is that of the last five to ten seconds: shorter ones jump with every large file.
    private static let window: Duration = .seconds(5)

    private let activities: Shown<[Key: Activity]>
    private let commands = Mutex(0)
    private let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameters:
    ///   - status: told of every change.
    ///   - now: the time that rates are computed with.
    init(status: Status, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        activities = Shown([:], in: status)
        self.now = now
    }

    /// A key that nobody else has, for what a person asked for.
    func command(_ phase: ActivityProgress.Phase) -> Key {
        let number = commands.withLock { number in
            number += 1
            return number
        }
        return Key(phase: phase, peer: nil, command: number)
    }

    /// Counts what was done, and what there is to do where that is known.
    ///
    /// - Parameter passed: what needed nothing to be done. It counts as done, and not in the rate.
    func add(
        _ key: Key, done: Int = 0, passed: Int = 0, total: Int? = nil, bytes: Int64 = 0, bytesTotal: Int64? = nil
    ) {
        let now = now()
        activities.change { activities in
            var activity = activities[key] ?? Activity()
            activity.done += done + passed
            activity.worked += done
            activity.bytesDone += bytes
            if let total { activity.total = total }
            if let bytesTotal { activity.bytesTotal = bytesTotal }
            if activity.marks.last.map({ now - $0.at >= Self.window }) ?? true {
                let mark = Mark(at: now, worked: activity.worked, bytes: activity.bytesDone)
                activity.marks = activity.marks.suffix(1) + [mark]
            }
            activities[key] = activity
        }
    }

    /// Ends an activity.
    func end(_ key: Key) {
        activities.change { $0[key] = nil }
    }

    /// The running activities, always in the same order.
    var lines: [ActivityProgress] {
        let now = now()
        let all = activities.read { $0 }
        return all.sorted { ($0.key.order, $0.key.command ?? 0) < ($1.key.order, $1.key.command ?? 0) }
            .map { Self.line($0.key, $0.value, now) }
    }

    /// How far one activity is; nil where it does not run.
    func line(of key: Key) -> ActivityProgress? {
        let now = now()
        return activities.read { $0[key] }.map { Self.line(key, $0, now) }
    }

    private static func line(_ key: Key, _ activity: Activity, _ now: ContinuousClock.Instant) -> ActivityProgress {
        var line = ActivityProgress(
            phase: key.phase, peer: key.peer, done: activity.done, total: activity.total,
            bytesDone: activity.bytesDone, bytesTotal: activity.bytesTotal)
        guard let mark = activity.marks.first, now - mark.at > .milliseconds(500) else { return line }
        let seconds = (now - mark.at) / .seconds(1)
        if activity.bytesDone > mark.bytes { line.bytesPerSecond = Double(activity.bytesDone - mark.bytes) / seconds }
        if activity.worked > mark.worked { line.perSecond = Double(activity.worked - mark.worked) / seconds }
        let byCount = activity.total.flatMap { total in
            line.perSecond.map { Double(max(total - activity.done, 0)) / $0 }
        }
        let byBytes = activity.bytesTotal.flatMap { total in
            line.bytesPerSecond.map { Double(max(total - activity.bytesDone, 0)) / $0 }
        }
        switch key.phase {
        // So many bytes are to go, or all images are looked at: it ends with whichever comes first.
        case .evicting: line.secondsLeft = [byCount, byBytes].compactMap { $0 }.min()
        default: line.secondsLeft = byBytes ?? byCount
        }
        return line
    }
}

extension Progress.Key {
    fileprivate var order: String { "\(phase.rawValue) \(peer ?? "")" }
}
