import Foundation

/// The one way in which messages are written and read: keys sorted, times as ISO 8601 in UTC to the second.
public enum ControlJSON {
    /// One message on one line, without the line's end.
    public static func line(_ message: some Encodable) throws -> [UInt8] {
        try encode(message, [.sortedKeys, .withoutEscapingSlashes])
    }

    /// One message over several indented lines, for a person to read, without the last line's end.
    public static func indented(_ message: some Encodable) throws -> [UInt8] {
        try encode(message, [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted])
    }

    private static func encode(_ message: some Encodable, _ format: JSONEncoder.OutputFormatting) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = format
        return try Array(encoder.encode(message))
    }

    /// Reads a message. Throws `DecodingError`.
    public static func decode<Message: Decodable>(_ type: Message.Type, from bytes: some Sequence<UInt8>) throws
        -> Message
    {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: Data(bytes))
    }
}
