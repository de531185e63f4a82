public import Foundation
public import Model

/// A line of `trash`: one deleted image that this node still has.
public struct TrashLine: Hashable, Sendable, Codable {
    /// The main's path, where it was.
    public var path: RelativePath
    /// The image.
    public var image: ImageID
    /// Size of the file in the trash.
    public var bytes: Int64
    /// When it was deleted; nil when that is not known.
    public var deleted: Date?
    /// Name of the node that it was deleted on; nil when that is not known.
    public var by: String?
    /// Whole days until it is removed for good; 0 for today.
    public var daysLeft: Int
    /// The form that this node has in its trash.
    public var form: Form

    /// One with these values.
    public init(
        path: RelativePath, image: ImageID, bytes: Int64, deleted: Date?, by: String?, daysLeft: Int, form: Form
    ) {
        self.path = path
        self.image = image
        self.bytes = bytes
        self.deleted = deleted
        self.by = by
        self.daysLeft = daysLeft
        self.form = form
    }

    enum CodingKeys: CodingKey { case path, image, bytes, deleted, by, daysLeft, form }

    /// Writes it as JSON. All keys are always there, as null where there is no value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
        try container.encode(image, forKey: .image)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(deleted, forKey: .deleted)
        try container.encode(by, forKey: .by)
        try container.encode(daysLeft, forKey: .daysLeft)
        try container.encode(form, forKey: .form)
    }
}
