public import Foundation
public import Model

/// One edit of one image: what it does, and what has become of it.
public struct EditLine: Hashable, Sendable {
    /// What has become of it.
    public enum State: String, Sendable, Codable, CaseIterable {
        /// Its rendition is made.
        case made
        /// It is to be run. The reason says what for it waits, where that is known.
        case waiting
        /// It is being run here.
        case running
        /// A person took it back.
        case undone
        /// It could not be done; the reason says why. One that has a recipe is tried again.
        case failed
        /// Nothing was asked of this file: it is a rendition or a preview, in a folder that was named.
        case skipped
        /// No image is known at the path.
        case unknown
    }

    /// The main's path of the image that is edited; the path that was asked for where that is unknown.
    public var path: RelativePath
    /// The image that is edited; nil where it is unknown.
    public var image: ImageID?
    /// The recipe; nil where none was made.
    public var recipe: RecipeID?
    /// What the recipe does; nil where none was made.
    public var look: Look?
    /// What has become of it.
    public var state: State
    /// The file of this library that shows the edited picture: the preview, and once the rendition is made what is here
    /// of that. Nil while nothing is here.
    public var preview: RelativePath?
    /// The rendition's path as a main; nil until it is made.
    public var rendition: RelativePath?
    /// Name of the node that makes, or made, the rendition; nil where none is known.
    public var holder: String?
    /// Why it waits, failed or was left out, as a clause without a full stop; nil when there is nothing to say.
    public var reason: String?
    /// Name of the node at which the person said so; nil where there is no edit, and for a node that is no peer.
    public var by: String?
    /// When the person said so, by that node's clock; nil where there is no edit.
    public var at: Date?

    /// One with these values.
    public init(
        path: RelativePath, image: ImageID? = nil, recipe: RecipeID? = nil, look: Look? = nil, state: State,
        preview: RelativePath? = nil, rendition: RelativePath? = nil, holder: String? = nil, reason: String? = nil,
        by: String? = nil, at: Date? = nil
    ) {
        self.path = path
        self.image = image
        self.recipe = recipe
        self.look = look
        self.state = state
        self.preview = preview
        self.rendition = rendition
        self.holder = holder
        self.reason = reason
        self.by = by
        self.at = at
    }
}

extension EditLine: Codable {
    private enum CodingKeys: CodingKey {
        case path, image, recipe, look, state, preview, rendition, holder, reason, by, at
    }

    /// Reads one from JSON; throws `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        path = try container.decode(RelativePath.self, forKey: .path)
        image = try container.decodeIfPresent(ImageID.self, forKey: .image)
        recipe = try container.decodeIfPresent(RecipeID.self, forKey: .recipe)
        look = try container.decodeIfPresent(LookJSON.self, forKey: .look)?.look
        state = try container.decode(State.self, forKey: .state)
        preview = try container.decodeIfPresent(RelativePath.self, forKey: .preview)
        rendition = try container.decodeIfPresent(RelativePath.self, forKey: .rendition)
        holder = try container.decodeIfPresent(String.self, forKey: .holder)
        reason = try container.decodeIfPresent(String.self, forKey: .reason)
        by = try container.decodeIfPresent(String.self, forKey: .by)
        at = try container.decodeIfPresent(Date.self, forKey: .at)
    }

    /// Writes it as JSON. All keys are always there, as null where there is no value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
        try container.encode(image, forKey: .image)
        try container.encode(recipe, forKey: .recipe)
        try container.encode(look.map(LookJSON.init), forKey: .look)
        try container.encode(state, forKey: .state)
        try container.encode(preview, forKey: .preview)
        try container.encode(rendition, forKey: .rendition)
        try container.encode(holder, forKey: .holder)
        try container.encode(reason, forKey: .reason)
        try container.encode(by, forKey: .by)
        try container.encode(at, forKey: .at)
    }
}
