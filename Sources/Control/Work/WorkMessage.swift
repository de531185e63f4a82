/// A step of work on images: progress and images as they come, then the summary. In JSON the one key that it has tells
/// which.
public enum WorkMessage: Hashable, Sendable {
    /// How far it is; any number of them.
    case progress(ActivityProgress)
    /// What became of one image; one for each.
    case image(ImageOutcome)
    /// What it came to. The last message.
    case done(WorkSummary)
}

extension WorkMessage: Codable {
    private enum CodingKeys: CodingKey { case progress, image, done }

    /// Reads one from JSON; throws `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let image = try container.decodeIfPresent(ImageOutcome.self, forKey: .image) {
            self = .image(image)
        } else if let summary = try container.decodeIfPresent(WorkSummary.self, forKey: .done) {
            self = .done(summary)
        } else {
            self = try .progress(container.decode(ActivityProgress.self, forKey: .progress))
        }
    }

    /// Writes it as JSON.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .progress(let progress): try container.encode(progress, forKey: .progress)
        case .image(let image): try container.encode(image, forKey: .image)
        case .done(let summary): try container.encode(summary, forKey: .done)
        }
    }
}
