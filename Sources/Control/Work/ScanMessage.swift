/// A step of a scan: any number of progress reports, then what was found. In JSON the one key that it has tells which.
public enum ScanMessage: Hashable, Sendable {
    /// How far it is.
    case progress(ActivityProgress)
    /// What was found. The last message.
    case done(ScanReport)
}

extension ScanMessage: Codable {
    private enum CodingKeys: CodingKey { case progress, done }

    /// Reads one from JSON; throws `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let report = try container.decodeIfPresent(ScanReport.self, forKey: .done) {
            self = .done(report)
        } else {
            self = try .progress(container.decode(ActivityProgress.self, forKey: .progress))
        }
    }

    /// Writes it as JSON.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .progress(let progress): try container.encode(progress, forKey: .progress)
        case .done(let report): try container.encode(report, forKey: .done)
        }
    }
}
