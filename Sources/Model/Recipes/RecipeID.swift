/// The name of a recipe: the SHA-256 of its canonical JSON, written as 64 hexadecimal digits.
public struct RecipeID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    /// The 32 bytes of the hash.
    public let bytes: Bytes32

    /// The recipe whose canonical JSON has this hash.
    public init(_ bytes: Bytes32) { self.bytes = bytes }

    /// Reads the 64 lower-case digits of ``description``.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 64, let decoded = Hex.decode(text), let bytes = Bytes32(decoded) else { return nil }
        self.bytes = bytes
    }

    /// The 64 hexadecimal digits.
    public var description: String { Hex.encode(bytes.bytes) }

    public static func < (a: Self, b: Self) -> Bool { a.bytes < b.bytes }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = try RecipeID(container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a recipe id of 64 hex digits")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
