public import Model

/// How a mirror is brought into step with the list that it mirrors: a state machine that returns what to ask next.
///
/// The tail above the mirror's highest sequence number comes first, because that is where a change shows; if the
/// digests still differ, sub-ranges are compared and those that differ descended into, until they are small enough to
/// fetch whole. The same path takes in new records, drops those that disappeared, and heals a mirror that was rolled
/// back, lost or damaged. Every comparison must account for the records of the range above it, so a peer cannot keep
/// the descent going past `log16` of the span in rounds for each record that it says it has. What is compared is always
/// a part of what was compared before, and nothing is asked while a comparison is open: a driver that goes astray is told
/// so by ``Astray``.
public struct MirrorDescent: Sendable {
    /// Ranges that one comparison cuts a range into: each round trip narrows a difference to a sixteenth.
    public static let parts = 16
    /// Span at or below which records are fetched instead of compared: sixteen records are about three kilobytes,
    /// as much as their digests and another round trip would cost.
    public static let leafSpan: Model.Record.Sequence = 16

    /// What to ask of the peer, or to do to the mirror.
    public enum Step: Sendable, Hashable {
        /// Ask for the digests of `range` in ``MirrorDescent/parts`` parts and give them to ``compared(_:theirs:mine:)``.
        case compare(SequenceRange)
        /// Replace all that the mirror has in `range` by the peer's records of it.
        case fetch(SequenceRange)
        /// Nothing of the mirror stands in `range` at the peer.
        case drop(SequenceRange)
    }

    private var pending: [(step: Step, count: Int)] = []
    /// The comparison that is open, and the records that the peer says it has there.
    private var open: (range: SequenceRange, count: Int)?

    /// - Parameters:
    ///   - last: the higher of the two lists' highest sequence numbers.
    ///   - count: how many records the peer says that it has.
    public init(last: Model.Record.Sequence, count: Int) {
        let whole = SequenceRange(from: 0, to: last + 1)
        if !whole.isEmpty { pending = [(whole.span <= Self.leafSpan ? .fetch(whole) : .compare(whole), count)] }
    }

    /// The next step, or nil when the descent is over.
    public mutating func next() throws(Astray) -> Step? {
        if let open { throw Astray(.askedTwice, "to compare \(open.range)") }
        guard let next = pending.popLast() else { return nil }
        if case .compare(let range) = next.step { open = (range, next.count) }
        return next.step
    }

    /// Takes in the answer to the latest ``Step/compare(_:)``.
    ///
    /// - Parameters:
    ///   - range: the range that was asked for.
    ///   - theirs: the peer's digests of `range.split(into: parts)`, in that order.
    ///   - mine: the mirror's digests of the same.
    /// - Returns: false when the peer's counts do not add up to what it said of the whole range: its list changed
    ///   meanwhile, or it lies. The descent is over then; the next exchange starts another.
    public mutating func compared(
        _ range: SequenceRange, theirs: [Digest], mine: [Digest]
    ) throws(Astray) -> Bool {
        guard let asked = open, asked.range == range else { throw Astray(.notAsked, "\(range)") }
        open = nil
        let ranges = range.split(into: Self.parts)
        guard theirs.count == ranges.count, mine.count == ranges.count,
            theirs.reduce(0, { $0 + min($1.count, asked.count + 1) }) == asked.count
        else {
            pending = []
            return false
        }
        for (part, (theirs, mine)) in zip(ranges, zip(theirs, mine)).reversed() where theirs != mine {
            if theirs.count == 0 {
                pending.append((.drop(part), 0))
            } else if mine.count == 0 || theirs.count <= Int(Self.leafSpan) || part.span <= Self.leafSpan {
                pending.append((.fetch(part), theirs.count))
            } else {
                pending.append((.compare(part), theirs.count))
            }
        }
        return true
    }
}
