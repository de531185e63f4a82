public import Model

/// What an evictor asks of a holder: to read its main anew, and to keep it for a while.
public struct HoldRequest: Sendable, Hashable {
    /// The seconds that may be asked for: an eviction takes minutes, and what is asked for longer stands in the way of
    /// the holder's own.
    public static let allowedSeconds = 1...3600

    /// The image.
    public var image: ImageID
    /// Random bytes, new for each request, so that no answer can be made without reading the main again.
    public var nonce: Bytes32
    /// How long to hold it; in ``allowedSeconds``.
    public var seconds: Int

    public init(image: ImageID, nonce: Bytes32, seconds: Int) {
        self.image = image
        self.nonce = nonce
        self.seconds = seconds
    }
}
