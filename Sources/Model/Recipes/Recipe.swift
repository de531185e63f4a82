import Crypto

/// An edit as data: what is to be done to one image. Immutable; two edits of one image are two recipes.
///
/// It says what the rendition looks like and nothing about how it is made, so it means the same on every node and at
/// every size: geometry in fractions of the picture, light in stops, everything else in hundredths of its range. The
/// numbers are whole thousandths, so no two machines read or write them differently.
public struct Recipe: Hashable, Sendable {
    /// The image that it is for.
    public let image: ImageID
    /// What is done to it.
    public let look: Look
    /// Its name, the same on every node.
    public let id: RecipeID

    /// The version of the language that recipes are written in. One of another version is refused.
    public static let version = 1

    /// Bytes that the JSON of a recipe or a look may have. The longest canonical one has fewer than 600; people's own
    /// files may have spaces and lines.
    public static let mostBytes = 4096

    /// A look, pinned to an image.
    public init(image: ImageID, look: Look) {
        self.image = image
        self.look = look
        guard let bytes = Bytes32(Array(SHA256.hash(data: look.json(for: image)))) else {
            preconditionFailure("a SHA-256 has 32 bytes")
        }
        id = RecipeID(bytes)
    }

    /// The canonical JSON, which ``id`` is the SHA-256 of: keys in a fixed order, nothing that changes nothing, numbers
    /// in their shortest decimal form, no white space.
    public var json: [UInt8] { look.json(for: image) }

    /// A recipe, or a part of one, that is refused, and why.
    public struct Refusal: Error, Hashable, CustomStringConvertible {
        /// The fault, as a clause: "exposure 7 is not between -5 and 5".
        public let reason: String

        /// A refusal for this reason.
        public init(_ reason: String) { self.reason = reason }

        /// One sentence for people.
        public var description: String { "The recipe is refused: \(reason)." }
    }

    public static func == (a: Self, b: Self) -> Bool { a.id == b.id }

    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
