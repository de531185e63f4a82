/// A step of editing: progress and edits as they come, then the summary. In JSON the one key that it has tells which.
public enum EditMessage: Hashable, Sendable {
    /// How far it is; any number of them.
    case progress(ActivityProgress)
    /// One image's edit: when its preview is here or it has failed, and while renditions are waited for again at each
    /// change of its state. The last one about a recipe tells what it has come to.
    case edit(EditLine)
    /// What it came to. The last message. Its bytes are those of previews and renditions made here.
    case done(WorkSummary)
}

extension EditMessage: Codable {
    private enum CodingKeys: CodingKey { case progress, edit, done }

    /// Reads one from JSON; throws `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let edit = try container.decodeIfPresent(EditLine.self, forKey: .edit) {
            self = .edit(edit)
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
        case .edit(let edit): try container.encode(edit, forKey: .edit)
        case .done(let summary): try container.encode(summary, forKey: .done)
        }
    }
}
