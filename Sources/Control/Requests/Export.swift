public import Model

/// Which full-quality picture to give out.
public struct ExportRequest: Hashable, Sendable {
    /// The image, by its main's path; a rendition by its own.
    public var path: RelativePath
    /// The main itself, rather than the rendition of its latest edit that is not undone.
    public var original: Bool
    /// Whether to wait for a rendition that is not made yet, and for a holder that is away, rather than to say so.
    public var wait: Bool

    /// One with these values.
    public init(path: RelativePath, original: Bool = false, wait: Bool = false) {
        self.path = path
        self.original = original
        self.wait = wait
    }
}

/// A full-quality picture on its way: what it is, then its bytes.
///
/// Both ends of the socket have this form. The bytes are pulled: whoever makes them makes the next chunk when it is asked
/// for, no earlier (`AsyncThrowingStream(unfolding:)`), and frees what it holds when it is let go of.
public struct Export: Sendable {
    /// What the picture is, told before its bytes.
    public struct Head: Hashable, Sendable {
        /// The picture: what the SHA-256 of its bytes must be.
        public var image: ImageID
        /// Its path as a main.
        public var path: RelativePath
        /// How many bytes it has; all of them, and no more, must come.
        public var bytes: Int64
        /// Name of the node that it comes from; nil when its file is here.
        public var from: String?

        /// One with these values.
        public init(image: ImageID, path: RelativePath, bytes: Int64, from: String? = nil) {
            self.image = image
            self.path = path
            self.bytes = bytes
            self.from = from
        }
    }

    /// What the picture is.
    public var head: Head
    /// Its bytes, in chunks of some 64 kB to 1 MB, read once. An error means that no more come.
    public var bytes: any AsyncSequence<[UInt8], any Error> & Sendable

    /// One with these values.
    public init(head: Head, bytes: any AsyncSequence<[UInt8], any Error> & Sendable) {
        self.head = head
        self.bytes = bytes
    }
}
