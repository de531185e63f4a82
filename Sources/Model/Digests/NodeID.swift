/// The name of a node: the SHA-256 of its public key (the DER form of its SubjectPublicKeyInfo).
///
/// Written as 52 letters and digits of base 32, on the wire and in DNS-SD records; shown to people in groups of four.
public struct NodeID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    /// The 32 bytes of the hash.
    public let bytes: Bytes32

    /// The node whose key has this hash.
    public init(_ bytes: Bytes32) { self.bytes = bytes }

    /// Reads the 52 characters of ``description``; dashes and spaces between groups are passed over.
    public init?(_ text: some StringProtocol) {
        let letters = String(text.filter { $0 != "-" && $0 != " " })
        guard letters.utf8.count == 52, let decoded = Base32.decode(letters), let bytes = Bytes32(decoded) else {
            return nil
        }
        self.bytes = bytes
    }

    /// The whole id, 52 characters, without separators.
    public var description: String { Base32.encode(bytes.bytes) }

    /// The whole id in groups of four, for a person to compare.
    public var grouped: String {
        let letters = Array(description)
        return stride(from: 0, to: letters.count, by: 4)
            .map { String(letters[$0..<min($0 + 4, letters.count)]) }
            .joined(separator: "-")
    }

    /// The first two groups: enough to tell the machines of one household apart in a log line.
    public var short: String { String(grouped.prefix(9)) }

    public static func < (a: Self, b: Self) -> Bool { a.bytes < b.bytes }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = try NodeID(container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "not a node id of 52 base 32 letters")
        }
        self = id
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
