/// A node's name as people see it: 1 to 64 bytes of text that is safe to print on a terminal.
///
/// It proves nothing; two nodes may have the same. The six digits cover it, so a man in the middle cannot change it.
public struct NodeName: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Why a text is no node's name. The description is a clause.
    public struct Refusal: Error, CustomStringConvertible {
        /// What is wrong.
        public let description: String
    }

    /// Bytes of the longest name: the longest host name of Linux.
    public static let longest = 64

    /// The name.
    public let description: String

    /// Takes `text` when it obeys the rules.
    public init(_ text: String) throws(Refusal) {
        guard !text.isEmpty else { throw Refusal(description: "is empty") }
        guard text.utf8.count <= Self.longest else {
            throw Refusal(description: "is longer than \(Self.longest) bytes")
        }
        guard text.unicodeScalars.allSatisfy(Self.isPrintable) else {
            throw Refusal(description: "has a control character")
        }
        guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw Refusal(description: "is blank")
        }
        description = text
    }

    /// The nearest name to `text`: unprintable characters left out, cut at 64 bytes; "node" when nothing is left.
    public init(nearest text: String) {
        var scalars = String.UnicodeScalarView()
        var length = 0
        for scalar in text.unicodeScalars where Self.isPrintable(scalar) {
            length += UTF8.width(scalar)
            if length > Self.longest { break }
            scalars.append(scalar)
        }
        self = (try? NodeName(String(scalars))) ?? NodeName(unchecked: "node")
    }

    private init(unchecked text: String) { description = text }

    /// No control characters, no line ends, and none of the marks that reorder the text around them.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: return false
        default: break
        }
        switch scalar.value {
        case 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069: return false
        default: return true
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(container.decode(String.self))
        } catch let refusal as Refusal {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a node name that \(refusal)")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
