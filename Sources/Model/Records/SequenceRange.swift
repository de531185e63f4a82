/// The sequence numbers from `from` up to, and not including, `to`.
public struct SequenceRange: Hashable, Sendable, CustomStringConvertible {
    public let from: Record.Sequence
    public let to: Record.Sequence

    /// All sequence numbers there can be.
    public static let all = SequenceRange(from: 0, to: Record.highestSequence + 1)

    /// A range that ends before it begins is empty.
    public init(from: Record.Sequence, to: Record.Sequence) {
        self.from = from
        self.to = max(from, to)
    }

    /// How many numbers, which is not how many records, the range spans.
    public var span: Record.Sequence { to - from }

    public var isEmpty: Bool { from == to }

    public func contains(_ sequence: Record.Sequence) -> Bool { from <= sequence && sequence < to }

    /// The numbers in both; empty where there are none.
    public func intersection(_ other: SequenceRange) -> SequenceRange {
        SequenceRange(from: max(from, other.from), to: min(to, other.to))
    }

    /// The range cut into at most `parts` of equal, rounded-up span. The same cut on both sides of an exchange.
    public func split(into parts: Int) -> [SequenceRange] {
        guard !isEmpty, parts > 0 else { return [] }
        let step = (span + Record.Sequence(parts) - 1) / Record.Sequence(parts)
        return stride(from: from, to: to, by: Int(step)).map { SequenceRange(from: $0, to: min($0 + step, to)) }
    }

    public var description: String { "\(from)..<\(to)" }
}
