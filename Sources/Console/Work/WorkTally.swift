import Control
import Model

/// What a piece of work has come to so far.
struct WorkTally {
    /// What became of the images, counted.
    private(set) var counts: [ImageOutcome.Outcome: Int] = [:]
    /// The last message; nil before it came.
    private(set) var summary: WorkSummary?
    /// What belongs to images that were named, by their paths.
    private(set) var groups: [RelativePath: [FileGroup.Kind]] = [:]
    private var first: ImageOutcome?

    mutating func add(_ image: ImageOutcome) {
        if counts.isEmpty { first = image }
        counts[image.outcome, default: 0] += 1
        if !image.outcome.isUndone, let part = image.part { groups[part.of, default: []].append(part.kind) }
    }

    mutating func end(_ summary: WorkSummary) { self.summary = summary }

    /// Bytes of what is done.
    var bytes: Int64 { summary?.bytes ?? 0 }

    /// Images with one of these outcomes.
    func count(_ outcomes: ImageOutcome.Outcome...) -> Int { outcomes.reduce(0) { $0 + counts[$1, default: 0] } }

    /// Images that are not as was asked.
    var undone: Int { counts.reduce(0) { $0 + ($1.key.isUndone ? $1.value : 0) } }

    /// Images that the work was about.
    var total: Int { counts.values.reduce(0, +) }

    /// The image that the work was about, where that was one alone, and it is not as was asked.
    var onlyUndone: ImageOutcome? { total == 1 && undone == 1 ? first : nil }

    /// `in 2.1 s (11.4 MB/s)`; the rate is left out where it says nothing.
    var pace: String {
        let seconds = summary?.seconds ?? 0
        let span = "in \(Quantity.span(seconds))"
        guard seconds >= 0.05, bytes > 0 else { return span }
        return "\(span) (\(Quantity.bytes(Int64(Double(bytes) / seconds)))/s)"
    }

    /// How a command ends that did not do all that was asked; nil when it did.
    ///
    /// - Parameter sentence: said where neither the summary nor the only image has a reason.
    func failure(_ sentence: String) -> ControlFailure? {
        guard let summary else { return nil }
        // Images that `free` passed over are no fault as long as it found enough others.
        let isShort = summary.wanted.map { summary.bytes < $0 } ?? (summary.others > 0)
        guard isShort else { return nil }
        let reason = summary.reason ?? onlyUndone.map(OutcomeText.sentence) ?? sentence
        if summary.images == 0, summary.tryAgain { return ControlFailure(.tryAgain, reason) }
        if summary.wanted == nil, count(.unknown) == summary.others {
            let paths = Quantity.count(summary.others, "path is", "paths are")
            return ControlFailure(
                .notFound,
                summary.reason ?? onlyUndone.map(OutcomeText.sentence)
                    ?? "\(paths) not known: see 'syncctl ls' for those that are.")
        }
        return ControlFailure(.failed, reason)
    }
}
