/// In which form a node holds an image.
public enum Form: String, Sendable, Codable, CaseIterable {
    /// The original file, byte for byte.
    case main
    /// A smaller JPEG made from a main. Never counted, published or sent as a main (safety rule S7).
    case reduced
}
