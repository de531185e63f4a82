/// The name of the coded picture in a JPEG: the SHA-256 of the file without its metadata, written as 64 hexadecimal
/// digits. Two files with the same one show the same pixels, whatever is written about them.
public struct PixelsDigest: Hashable, Sendable, CustomStringConvertible {
    /// The 32 bytes of the hash.
    public let bytes: Bytes32

    public init(_ bytes: Bytes32) { self.bytes = bytes }

    /// Reads the 64 lower-case digits of ``description``.
    public init?(_ text: some StringProtocol) {
        guard let image = ImageID(text) else { return nil }
        bytes = image.bytes
    }

    /// The 64 hexadecimal digits.
    public var description: String { "\(ImageID(bytes))" }
}

/// A reduced copy whose picture is right still, if only what is written about the main was changed.
public struct KeptPicture: Hashable, Sendable {
    /// The picture in the main that it was made from.
    public var main: PixelsDigest
    /// The picture in the reduced copy itself.
    public var copy: PixelsDigest

    public init(main: PixelsDigest, copy: PixelsDigest) {
        self.main = main
        self.copy = copy
    }
}
