/// One record of a library: which image stands at which path, in which form.
public struct FileInfo: Hashable, Sendable {
    /// The path of the main. A reduced copy is recorded under its main's path, not under its own file's name.
    public var path: RelativePath
    /// The image.
    public var image: ImageID
    /// The form in which this node holds it.
    public var form: Form
    /// Size of the file held, in bytes.
    public var bytes: Int64
    /// Size of the main, in bytes. Equal to ``bytes`` where the main itself is held.
    public var mainBytes: Int64
    /// What the main's first bytes say that it is.
    public var type: ImageType
    /// Upright pixel size of the main; nil when its header could not be read.
    public var size: PixelSize?
    /// When the picture was taken, in seconds since 1970 of the camera's own clock and zone; nil when it does not say.
    public var captured: Int64?
    /// How long a film lasts, in milliseconds; nil of what is no film, and of one that does not say.
    public var duration: Int64?
    /// Long edge in pixels that a reduced copy was asked for; nil for a main.
    public var edge: Int?
    /// The images that stood at this path before a person changed the file in place, the latest first.
    public var replaces: [ImageID]
    /// How many edits the picture has behind it: one more than what it replaced has, or as many as the edit beside which a
    /// person wants it. nil of a picture that nobody has edited, and of an edit of an earlier version.
    public var edition: Int64?
    /// Which word on the image's name this path is: a person's placing or moving of it is the highest that is known, plus
    /// one, and what the agent placed has that of the name which it follows. nil, which is lower than any, for a name
    /// that nobody has said anything of, as of a name beside a taken one.
    public var generation: Int64?

    /// Bytes of a file: more than any main has. The sizes of all records that seven peers can have add up within 63 bits.
    public static let mostBytes: Int64 = 1 << 38
    /// Milliseconds of a film: more than a year is no film's length.
    public static let longestFilm: Int64 = 366 * 86_400_000
    /// The highest generation: far more moves than anyone makes.
    public static let highestGeneration: Int64 = 1 << 31
    /// The highest edition: far more edits than anyone makes.
    public static let highestEdition: Int64 = 1 << 31
    /// What the main is beside its bytes, where that is known.
    public var attributes: FileAttributes?

    /// How many earlier images a record names: a node that was away for more changes than that keeps both.
    public static let mostReplaced = 8

    public init(
        path: RelativePath, image: ImageID, form: Form, bytes: Int64, mainBytes: Int64, type: ImageType,
        size: PixelSize? = nil, captured: Int64? = nil, duration: Int64? = nil, edge: Int? = nil,
        replaces: [ImageID] = [], edition: Int64? = nil, generation: Int64? = nil, attributes: FileAttributes? = nil
    ) {
        self.path = path
        self.image = image
        self.form = form
        self.bytes = bytes
        self.mainBytes = mainBytes
        self.type = type
        self.size = size
        self.captured = captured
        self.duration = duration
        self.edge = edge
        self.replaces = replaces
        self.edition = edition
        self.generation = generation
        self.attributes = attributes
    }

    /// The ``edition`` that counts: an earlier version has none, and names all earlier ones that it knows.
    public var rank: Int64 { edition ?? Int64(replaces.count) }

    /// Whether this record says that its image took the place of `other`, of which `rank` is the highest that is known.
    public func supersedes(_ other: ImageID, of rank: Int64) -> Bool {
        other != image && self.rank > rank && replaces.contains(other)
    }

    /// Whether it is what a program left of the picture or film `old`: no edit of it, and nobody's wish.
    public func isRubbish(of old: FileInfo) -> Bool {
        image != old.image && form == .main && old.form == .main && type == .other && old.type != .other
    }

    /// Takes over what another record of the image says of its edits, where that is later.
    public mutating func take(editsOf other: FileInfo?) {
        guard let other, other.rank > rank else { return }
        (replaces, edition) = (other.replaces, other.edition)
    }

    /// Names those of `images`, too, that another record of the image says were replaced, where that is as late.
    public mutating func name(_ images: Set<ImageID>, by other: FileInfo?) {
        guard let other, other.rank >= rank else { return }
        let named = other.replaces.filter(images.contains)
        guard !named.allSatisfy(replaces.contains) else { return }
        replaces = Array((named + replaces.filter { !named.contains($0) }).prefix(Self.mostReplaced))
        edition = other.rank
    }

    /// Without what a person has said of the file beside putting it there: its name, its edits, its attributes.
    public var withoutWords: FileInfo {
        var info = self
        (info.replaces, info.edition, info.generation) = ([], nil, nil)
        info.attributes = attributes?.withoutChanges
        return info
    }

    /// The path of the file itself: the main's, or that of the reduced copy.
    public var file: RelativePath { form == .main ? path : path.reduced }
}
