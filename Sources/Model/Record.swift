/// An entry of a node's list of file info: a sequence number of that node, and what it says.
public struct Record: Hashable, Sendable {
    /// The place in the node's list. A record that changes gets a new, higher one, and the old one disappears.
    public var sequence: Sequence
    /// What stands there.
    public var info: FileInfo

    /// Positive and at most ``Record/highestSequence``.
    public typealias Sequence = Int64

    /// The highest sequence number: 2^53 - 1, so that every JSON reader can hold it.
    public static let highestSequence: Sequence = (1 << 53) - 1

    public init(sequence: Sequence, info: FileInfo) {
        self.sequence = sequence
        self.info = info
    }
}
