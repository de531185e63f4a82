import Crypto

/// The name of an image: the SHA-256 of its main file's bytes, written as 64 hexadecimal digits.
public struct ImageID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    /// The 32 bytes of the hash.
    public let bytes: Bytes32

    /// The image whose main has this hash.
    public init(_ bytes: Bytes32) { self.bytes = bytes }

    /// The image that these bytes, a whole main, are.
    public init(of main: [UInt8]) {
        guard let bytes = Bytes32(Array(SHA256.hash(data: main))) else {
            preconditionFailure("a SHA-256 has 32 bytes")
        }
        self.init(bytes)
    }

    /// Reads the 64 lower-case digits of ``description``.
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        guard let bytes = text.withUTF8({ Bytes32(hexadecimal: $0) }) else { return nil }
        self.bytes = bytes
    }

    /// The 64 hexadecimal digits.
    public var description: String { Hex.encode(bytes.bytes) }

    public static func < (a: Self, b: Self) -> Bool { a.bytes < b.bytes }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = try ImageID(container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an image id of 64 hex digits")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
