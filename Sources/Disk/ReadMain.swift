public import Model

/// A main that was read again from the disk. Whether it is what it should be is for the reader to judge.
public struct ReadMain: Sendable, Hashable {
    /// The SHA-256 of the bytes as they were read.
    public var image: ImageID
    /// SHA-256(nonce ‖ bytes) for each nonce, in their order.
    public var answers: [Bytes32]
    /// How many bytes there are.
    public var bytes: Int64

    public init(image: ImageID, answers: [Bytes32], bytes: Int64) {
        self.image = image
        self.answers = answers
        self.bytes = bytes
    }
}
