/// An entry of a node's list of file info: a sequence number of that node, and what it says.
public struct Record: Hashable, Sendable {
    /// The place in the node's list. A record that changes gets a new, higher one, and the old one disappears.
    public var sequence: Sequence
    /// What stands there.
    public var content: Content

    /// What a record can say.
    public enum Content: Hashable, Sendable {
        /// Which image stands at which path, in which form.
        case file(FileInfo)
        /// That an image is deleted everywhere, or was taken back.
        case deletion(Deletion)
        /// That a recipe is to be run on an image, or was taken back.
        case edit(Edit)
    }

    /// The file that the record is about; nil for any other kind.
    public var info: FileInfo? { if case .file(let info) = content { info } else { nil } }

    /// Positive and at most ``Record/highestSequence``.
    public typealias Sequence = Int64

    /// The highest sequence number: 2^53 - 1, so that every JSON reader can hold it.
    public static let highestSequence: Sequence = (1 << 53) - 1

    public init(sequence: Sequence, _ content: Content) {
        self.sequence = sequence
        self.content = content
    }

    public init(sequence: Sequence, info: FileInfo) { self.init(sequence: sequence, .file(info)) }
}
