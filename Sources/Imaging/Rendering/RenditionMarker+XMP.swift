import Model

/// The marker as an XMP packet, and back.
extension RenditionMarker {
    /// What is in the APP1 segment, together with what can stay of the main's own.
    func payload(in original: [UInt8]?) -> [UInt8] {
        XMPPacket.payload(
            [("Source", "\(source)"), ("Recipe", "\(recipe)"), ("Renderer", "\(pipeline)"), ("Tool", "Mainstay")],
            in: original)
    }

    /// Reads the payload of an APP1 segment; nil when it is not XMP, or names no source and recipe.
    init?(payload: Span<UInt8>) {
        guard let properties = XMPProperties(payload: payload),
            let source = properties.text("Source").flatMap(ImageID.init),
            let recipe = properties.text("Recipe").flatMap(RecipeID.init)
        else { return nil }
        self.init(source: source, recipe: recipe, pipeline: properties.number("Renderer", 0...1_000_000))
    }
}
