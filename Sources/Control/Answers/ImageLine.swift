public import Model

/// A line of `ls`: one image as this node knows it.
public struct ImageLine: Hashable, Sendable, Codable {
    /// The main's path, here or at a peer.
    public var path: RelativePath
    /// The image.
    public var image: ImageID
    /// The form held here.
    public var form: HeldForm
    /// Size of the file held here; 0 for none.
    public var bytes: Int64
    /// Size of the main.
    public var mainBytes: Int64
    /// Upright pixel size of the main; nil when unknown.
    public var size: PixelSize?
    /// Seconds since 1970 of the camera's own clock and zone; nil when the picture does not say. In JSON a text,
    /// `2026-05-01T12:00:00`, without a zone.
    public var captured: Int64?
    /// How long a film lasts, in seconds; nil of what is none, and where it is unknown.
    public var duration: Double?
    /// Names of the nodes that hold the main, this one included, as last seen.
    public var holders: [String]

    /// What belongs to it by its name, where it stands for a group; nil where nothing does.
    public var parts: [GroupPart]?
    /// The path of the image that stands for the group which this one is a part of; nil where that is not among those
    /// asked for, and of any other.
    public var group: RelativePath?

    /// One with these values.
    public init(
        path: RelativePath, image: ImageID, form: HeldForm, bytes: Int64, mainBytes: Int64, size: PixelSize?,
        captured: Int64?, duration: Double? = nil, holders: [String], parts: [GroupPart]? = nil,
        group: RelativePath? = nil
    ) {
        self.path = path
        self.image = image
        self.form = form
        self.bytes = bytes
        self.mainBytes = mainBytes
        self.size = size
        self.captured = captured
        self.duration = duration
        self.holders = holders
        self.parts = parts
        self.group = group
    }

    enum CodingKeys: CodingKey {
        case path, image, form, bytes, mainBytes, width, height, captured, duration, holders, parts, group
    }

    /// Reads one from JSON; throws `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        path = try container.decode(RelativePath.self, forKey: .path)
        image = try container.decode(ImageID.self, forKey: .image)
        form = try container.decode(HeldForm.self, forKey: .form)
        bytes = try container.decode(Int64.self, forKey: .bytes)
        mainBytes = try container.decode(Int64.self, forKey: .mainBytes)
        if let width = try container.decodeIfPresent(Int.self, forKey: .width),
            let height = try container.decodeIfPresent(Int.self, forKey: .height)
        {
            size = PixelSize(width: width, height: height)
        }
        captured = try container.decodeIfPresent(String.self, forKey: .captured).flatMap(CameraTime.seconds)
        duration = try container.decodeIfPresent(Double.self, forKey: .duration)
        holders = try container.decode([String].self, forKey: .holders)
        parts = try container.decodeIfPresent([GroupPart].self, forKey: .parts)
        group = try container.decodeIfPresent(RelativePath.self, forKey: .group)
    }

    /// Writes it as JSON. The contract's keys are always there, as null where there is no value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
        try container.encode(image, forKey: .image)
        try container.encode(form, forKey: .form)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(mainBytes, forKey: .mainBytes)
        try container.encode(size?.width, forKey: .width)
        try container.encode(size?.height, forKey: .height)
        try container.encode(captured.map(CameraTime.text), forKey: .captured)
        try container.encodeIfPresent(duration, forKey: .duration)
        try container.encode(holders, forKey: .holders)
        try container.encodeIfPresent(parts, forKey: .parts)
        try container.encodeIfPresent(group, forKey: .group)
    }
}
