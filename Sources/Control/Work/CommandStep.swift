/// What a command waits for at present.
///
/// In JSON `{"step":{"seconds":3.2,"what":"nas reads IMG_0000.JPG to prove it"}}`. No other line that a command writes has
/// the key `step`, so a script can skip these.
public struct CommandStep: Hashable, Sendable {
    /// A clause without a full stop, such as "nas reads IMG_0000.JPG to prove it".
    public var what: String
    /// How long it has been so.
    public var seconds: Double

    /// One with these values.
    public init(what: String, seconds: Double) {
        self.what = what
        self.seconds = seconds
    }
}

extension CommandStep: Codable {
    private enum CodingKeys: CodingKey { case step }
    private struct Values: Codable {
        var what: String
        var seconds: Double
    }

    /// Reads one from JSON; throws `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self).decode(Values.self, forKey: .step)
        self.init(what: values.what, seconds: values.seconds)
    }

    /// Writes it as JSON.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Values(what: what, seconds: seconds), forKey: .step)
    }
}
