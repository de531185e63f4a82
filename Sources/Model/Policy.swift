/// What a node is told to keep: the whole of its configuration that planning looks at.
public struct Policy: Hashable, Sendable {
    /// What a node does with images that others hold.
    public enum Keep: String, Sendable, Codable, CaseIterable {
        /// An archive: it pulls the mains.
        case mains
        /// It takes reduced copies.
        case reduced
    }

    public var keep: Keep = .reduced
    /// Long edge of the reduced copies to have, in pixels.
    public var edge: Int = 2048
    /// JPEG quality of the reduced copies to have, 1 to 100.
    public var quality: Int = 85
    /// Mains that must be proven elsewhere before one may be evicted here.
    public var copiesMinimum: Int = 1
    /// Mains that the household should have of each image; fewer is at risk.
    public var copiesTarget: Int = 2
    /// Days for which what was deleted stays in the trash.
    public var trashDays: Int = 30
    /// Bytes that the library may use; nil for no limit.
    public var limit: Int64?
    /// What is left alone by its name, also where others have it.
    public var ignoring = IgnoreRules()

    /// The defaults.
    public init() {}

    /// A main of at most this many bytes is taken as it is: a reduced copy would save next to nothing.
    public static let smallMain: Int64 = 200_000

    /// Whether a main is so small that it is taken as it is instead of a reduced copy. A film's bytes do not lie in the
    /// size of its picture.
    public func takesAsItIs(_ main: FileInfo) -> Bool {
        if main.mainBytes <= Self.smallMain { return true }
        guard let size = main.size, !main.type.isFilm else { return false }
        return size.longEdge <= edge
    }
}
