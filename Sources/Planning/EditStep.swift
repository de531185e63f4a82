public import Model

/// What a node does about an edit, and why.
public enum EditStep: Sendable, Hashable {
    /// Run the recipe now, on the main that stands here.
    case run
    /// Another holder comes first; this one's turn comes after that time.
    case wait(for: NodeID, Duration)
    /// Nothing is to be done here.
    case nothing(Reason)

    /// Why a recipe is not run here.
    public enum Reason: Sendable, Hashable {
        /// It was run: this is the rendition.
        case made(ImageID)
        case undone
        /// The image is deleted.
        case deleted
        /// The main lies elsewhere; this holder is the first to run it.
        case elsewhere(NodeID, answers: Bool)
        /// No node that is known holds the main.
        case noHolder
        case notEditableYet(ImageType)
        /// No node that holds the main decodes it.
        case notDecoded(ImageType)
    }
}
