public import Model

/// Levels and balance computed from a reduced copy: the numbers behind `auto`.
///
/// They go into the recipe, so that every node gives the same whatever it would have computed.
public enum AutoLevels {
    /// `look` with exposure, temperature, tint, contrast, highlights and shadows computed from the picture; its other
    /// operations are kept. Those that it has already are replaced.
    ///
    /// - Parameter copy: the whole file of a reduced copy; a main works too.
    /// - Throws: ``ImagingError``.
    public static func look(
        of copy: [UInt8], keeping look: Look = .neutral, limits: ImagingLimits = ImagingLimits()
    ) throws(ImagingError) -> Look {
        throw .unsupported("not rendered yet")
    }
}
