public import Model

/// What is to be done to which images. Body of `POST /v1/edit`.
///
/// `{"paths":["2026/05"],"look":{"recipe":1,"exposure":0.5},"auto":true,"crop":"3:2"}`, or
/// `{"paths":["2026/05/IMG_0001.JPG"],"undo":true}`.
public struct EditRequest: Hashable, Sendable {
    /// What is to be done.
    public enum Action: Hashable, Sendable {
        /// Makes a recipe for each image and runs it.
        case apply(Wish)
        /// Takes back the latest edit that is not undone of each image; for the path of a rendition, or of its preview,
        /// the edit that it came of.
        case undo
    }

    /// The picture that is wanted. The node makes a recipe of it for each image.
    public struct Wish: Hashable, Sendable {
        /// What is done to every image.
        public var look: Look
        /// Whether levels and white balance are computed from each image's reduced copy, and written into its recipe as
        /// numbers, for those of these operations that ``look`` does not have.
        public var auto: Bool
        /// A crop in place of the look's own, which has none then.
        public var crop: EditCrop?

        /// One with these values.
        public init(look: Look, auto: Bool = false, crop: EditCrop? = nil) {
            self.look = look
            self.auto = auto
            self.crop = crop
        }

        /// Whether it asks for nothing.
        public var isNeutral: Bool { look.isNeutral && !auto && crop == nil }
    }

    /// Images, and folders with all below them; never none. What is a rendition, or a preview of one, is edited when it
    /// is named itself, and left out where a folder is named.
    public var paths: [RelativePath]
    /// What is to be done.
    public var action: Action
    /// Whether to go on until every rendition is made or has failed, rather than until every preview is here. A reader
    /// that stops ends the waiting only; what was asked for goes on.
    public var wait: Bool

    /// One with these values.
    public init(paths: [RelativePath], action: Action, wait: Bool = false) {
        self.paths = paths
        self.action = action
        self.wait = wait
    }
}

extension EditRequest: Codable {
    private enum CodingKeys: CodingKey { case paths, look, auto, crop, undo, wait }

    /// Reads one; throws `DecodingError`, and ``ControlFailure`` with the reason for what is refused.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        paths = try container.decode([RelativePath].self, forKey: .paths)
        wait = try container.decodeIfPresent(Bool.self, forKey: .wait) ?? false
        let wish = Wish(
            look: try container.decodeIfPresent(LookJSON.self, forKey: .look)?.look ?? .neutral,
            auto: try container.decodeIfPresent(Bool.self, forKey: .auto) ?? false,
            crop: try container.decodeIfPresent(EditCrop.self, forKey: .crop))
        let isUndo = try container.decodeIfPresent(Bool.self, forKey: .undo) ?? false
        guard isUndo == wish.isNeutral else {
            throw ControlFailure(
                .usage,
                isUndo
                    ? "'undo' goes with no operation: undo first, or leave out 'undo'."
                    : "The request asks for no operation: give 'look', 'auto', 'crop' or 'undo'.")
        }
        guard wish.crop == nil || wish.look.crop == nil else {
            throw ControlFailure(.usage, "The request crops twice: leave out 'crop', or the look's own.")
        }
        action = isUndo ? .undo : .apply(wish)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(paths, forKey: .paths)
        if wait { try container.encode(wait, forKey: .wait) }
        switch action {
        case .undo: try container.encode(true, forKey: .undo)
        case .apply(let wish):
            try container.encode(LookJSON(wish.look), forKey: .look)
            if wish.auto { try container.encode(true, forKey: .auto) }
            try container.encodeIfPresent(wish.crop, forKey: .crop)
        }
    }
}
