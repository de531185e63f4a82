public import Model

/// A range of a peer's list that is got page by page. Each page ends further on than the one before it, so there are no
/// more of them than the range has numbers.
public struct PagedRange: Sendable {
    private var rest: SequenceRange
    private var isOpen = false

    public init(_ range: SequenceRange) { rest = range }

    /// What the next page is to be of, or nil when all has come.
    public mutating func next() throws(Astray) -> SequenceRange? {
        if isOpen { throw Astray(.askedTwice, "\(rest)") }
        guard !rest.isEmpty else { return nil }
        isOpen = true
        return rest
    }

    /// Takes in that a page has come.
    ///
    /// - Parameter next: where the peer says that the next page begins; nil after the last one.
    /// - Returns: the range of which the page is all.
    public mutating func took(upTo next: Model.Record.Sequence?) throws(Astray) -> SequenceRange {
        guard isOpen else { throw Astray(.notAsked, "a page") }
        isOpen = false
        let end = next.map { min($0, rest.to) } ?? rest.to
        guard end > rest.from else { throw Astray(.noProgress, "\(rest) goes on at \(end)") }
        defer { rest = SequenceRange(from: end, to: rest.to) }
        return SequenceRange(from: rest.from, to: end)
    }
}
