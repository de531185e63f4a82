public import Model

/// What a rendition says about itself, inside the file: XMP properties `Source`, `Recipe`, `Renderer` and `Tool` of our
/// namespace.
public struct RenditionMarker: Hashable, Sendable {
    /// The image that the recipe was run on.
    public var source: ImageID
    /// The recipe.
    public var recipe: RecipeID
    /// Version of the way it was made, ``Renderer/pipeline`` or ``Renderer/inkPipeline`` for those made now; 0 when the
    /// marker no longer tells.
    public var pipeline: Int

    /// A marker with these values.
    public init(source: ImageID, recipe: RecipeID, pipeline: Int = Renderer.pipeline) {
        self.source = source
        self.recipe = recipe
        self.pipeline = pipeline
    }
}
