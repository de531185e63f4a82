import Model
import SystemPackage

/// What the names in `incoming` say.
enum LeftOver {
    /// A main that is being received: `<image id>.part`.
    static let part = ".part"
    /// A file that is being written, and is worth nothing unfinished.
    static let temporary = ".tmp"
    /// A file that was taken out of the library to be removed, and was perhaps not yet looked at: never removed unseen.
    static let old = ".old"

    static func image(ofPart name: String) -> ImageID? {
        guard name.hasSuffix(part) else { return nil }
        return ImageID(name.dropLast(part.count))
    }
}
