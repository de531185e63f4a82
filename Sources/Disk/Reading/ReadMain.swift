public import Model

/// A main that was read again from the disk. Whether it is what it should be is for the reader to judge.
public struct ReadMain: Sendable, Hashable {
    /// The SHA-256 of the bytes as they were read.
    public var image: ImageID
    /// SHA-256(nonce ‖ bytes) for each nonce, in their order.
    public var answers: [Bytes32]
    /// The file, unchanged from the first byte to the last.
    public var identity: FileIdentity

    public init(image: ImageID, answers: [Bytes32], identity: FileIdentity) {
        self.image = image
        self.answers = answers
        self.identity = identity
    }
}
