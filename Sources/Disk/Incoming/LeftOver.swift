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

    /// A main that was taken out of the library to be evicted: `<image id>.evicting`. Nobody has removed it, so it goes
    /// back.
    static let evicting = ".evicting"

    /// A file of the library that stepped aside while others took its place: never removed, it goes back.
    static let moving = ".moving"

    static func image(ofPart name: String) -> ImageID? { image(of: name, part) }

    static func image(ofEvicting name: String) -> ImageID? { image(of: name, evicting) }

    static func name(evicting image: ImageID) -> String { image.description + evicting }

    private static func image(of name: String, _ ending: String) -> ImageID? {
        guard name.hasSuffix(ending) else { return nil }
        return ImageID(name.dropLast(ending.count))
    }
}
