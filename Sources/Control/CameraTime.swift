import Foundation

/// When a picture was taken, by the camera's own clock and zone: written as ISO 8601 without a zone,
/// `2026-05-01T12:00:00`.
public struct CameraTime: Hashable, Sendable, Codable {
    /// Since 1970-01-01 00:00:00 of that clock.
    public var seconds: Int64

    /// One with this value.
    public init(_ seconds: Int64) { self.seconds = seconds }

    /// Reads one from JSON; throws `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let seconds = Self.seconds(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no time of a camera")
        }
        self.init(seconds)
    }

    /// Writes it as JSON.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Self.text(seconds))
    }

    /// The text of `seconds` since 1970 of the camera's clock.
    static func text(_ seconds: Int64) -> String {
        String(Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601).dropLast())
    }

    /// The seconds that `text` writes; nil when it is not such a text.
    static func seconds(_ text: String) -> Int64? {
        (try? Date(text + "Z", strategy: .iso8601)).map { Int64($0.timeIntervalSince1970) }
    }

    /// `2026-05-01 12:00`.
    public var minute: String { String(Self.text(seconds).dropLast(3)).replacing("T", with: " ") }
}
