/// Which lines are written to the log: of what one peer causes only so many in a minute, so that it neither fills the log nor
/// pushes out what else is said. How many were left out is told in one line for each cause, with the first line by anybody
/// after that minute.
struct LogShares: Sendable {
    /// Whom, or what, lines are counted for.
    enum Cause: Hashable, Sendable, CustomStringConvertible {
        /// The peer that a line names.
        case peer(String)
        /// All peers together: a peer may call itself something else each time.
        case peers
        /// What happened, where no peer is named.
        case sentence(String)
        /// Sentences past those that are counted one by one.
        case others

        var description: String {
            switch self {
            case .peer(let name): "about \(name)"
            case .peers: "about peers"
            case .sentence(let text): "'\(text)'"
            case .others: "of other kinds"
            }
        }
    }

    /// Within a minute, of one peer. What happens with a peer that means well is a few lines.
    static let ofPeer = 30
    /// Within a minute, of all peers.
    static let ofPeers = 300
    /// Within a minute, of one sentence.
    static let ofSentence = 100
    /// Causes that are counted one by one.
    static let mostCauses = 200
    static let span: Duration = .seconds(60)

    private struct Counted {
        var since: ContinuousClock.Instant
        var written = 0
        var leftOut = 0
    }

    private var counts: [Cause: Counted] = [:]

    init() {}

    /// Counts a line.
    ///
    /// - Returns: whether it is written, and of what was left out before it how many lines, by causes.
    mutating func admit(
        _ message: String, peer: String?, at now: ContinuousClock.Instant
    ) -> (isWritten: Bool, leftOut: [(cause: Cause, lines: Int)]) {
        let over = counts.filter { now - $0.value.since >= Self.span }
        for cause in over.keys { counts[cause] = nil }
        let leftOut = over.filter { $0.value.leftOut > 0 }.map { (cause: $0.key, lines: $0.value.leftOut) }
            .sorted { "\($0.cause)" < "\($1.cause)" }
        guard let peer else {
            let cause = Cause.sentence(message)
            let isWritten = count(isCounted(cause) ? cause : .others, to: Self.ofSentence, at: now)
            return (isWritten, leftOut)
        }
        let cause = Cause.peer(peer)
        // What goes beyond a peer's own share takes nothing of that of all.
        let isInShare = !isCounted(cause) || count(cause, to: Self.ofPeer, at: now)
        let isWritten = isInShare && count(.peers, to: Self.ofPeers, at: now)
        return (isWritten, leftOut)
    }

    private func isCounted(_ cause: Cause) -> Bool { counts[cause] != nil || counts.count < Self.mostCauses }

    private mutating func count(_ cause: Cause, to most: Int, at now: ContinuousClock.Instant) -> Bool {
        var counted = counts[cause] ?? Counted(since: now)
        defer { counts[cause] = counted }
        guard counted.written < most else {
            counted.leftOut += 1
            return false
        }
        counted.written += 1
        return true
    }
}
