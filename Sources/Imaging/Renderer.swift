public import Model

/// Runs recipes: on mains for the rendition, on reduced copies for the preview.
///
/// All of it is blocking work on several threads of its own; see ``RenderingPool`` for calling it from tasks.
///
/// The same recipe on the same main gives the same bytes on every node whose libjpeg-turbo decodes and encodes alike
/// (all of version 1.2 and later do, with and without SIMD): what is computed here is integers, tables made without
/// the system's mathematics, and IEEE 754 single precision without fused operations, and no result depends on the
/// number of threads.
public struct Renderer: Sendable {
    /// The version of the way in which recipes are run. Raised when a change gives other pixels.
    public static let pipeline = 1

    private let limits: ImagingLimits
    private let threads: Int

    /// A renderer that refuses what is over `limits`.
    ///
    /// - Parameter threads: that work on one picture, the caller's included; nil for one a core.
    public init(limits: ImagingLimits = ImagingLimits(), threads: Int? = nil) {
        self.limits = limits
        self.threads = threads ?? 1
    }

    /// The rendition of a main: a JPEG at full size.
    ///
    /// It keeps the main's EXIF (without the thumbnail and large maker notes), its colour profile and its chroma
    /// sampling, is quantised nowhere coarser than the main, and says in XMP what it was made of. Where the recipe only
    /// turns, mirrors and crops, the main's own coefficients are written wherever that gives exactly the pixels that
    /// were asked for.
    ///
    /// - Parameters:
    ///   - main: the whole file. Not compared with the recipe's image.
    ///   - isCancelled: asked a few hundred times; true ends the work with a `CancellationError`.
    ///   - sink: is given the file, from its first byte to its last, in pieces of about a megabyte, on any of the
    ///     threads but never on two at once. What it throws ends the work and is thrown here.
    /// - Returns: what the file is.
    /// - Throws: ``ImagingError``, as ``Reducer/reduce(main:image:edge:quality:)``.
    @discardableResult
    public func render(
        main: [UInt8], recipe: Recipe, isCancelled: @escaping @Sendable () -> Bool = { false },
        into sink: @escaping @Sendable ([UInt8]) throws -> Void
    ) throws -> Rendition {
        throw ImagingError.unsupported("not rendered yet")
    }

    /// The rendition of a main as one array.
    public func render(main: [UInt8], recipe: Recipe) throws -> [UInt8] {
        throw ImagingError.unsupported("not rendered yet")
    }

    /// What the rendition will look like, from a reduced copy of the recipe's image.
    ///
    /// It carries the reduced copy's marker with the recipe added as ``ReducedMarker/preview``, so that it is never
    /// taken for a main nor for a reduced copy of the rendition.
    ///
    /// - Parameters:
    ///   - copy: the whole file of the reduced copy; a main works too.
    ///   - mainSize: of the main, upright, where known: the crop then falls on the same pixels as in the rendition.
    public func preview(of copy: [UInt8], recipe: Recipe, mainSize: PixelSize? = nil) throws -> [UInt8] {
        throw ImagingError.unsupported("not rendered yet")
    }
}
