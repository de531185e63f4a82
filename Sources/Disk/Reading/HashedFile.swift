public import Model

/// A file whose bytes were read.
public struct HashedFile: Sendable, Hashable {
    /// The SHA-256 of its bytes.
    public var image: ImageID
    /// Where it stands, and its state before the reading, which was still the same afterwards.
    public var file: KnownFile

    public init(image: ImageID, file: KnownFile) {
        self.image = image
        self.file = file
    }

    /// No bytes at all: not an image. What a program leaves that has begun to write, or a failed copy.
    public var isEmpty: Bool { file.identity.bytes == 0 }
}
