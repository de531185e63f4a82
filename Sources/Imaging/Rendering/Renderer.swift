import CTurboJPEG
import Foundation
public import Model
import Synchronization

/// Runs recipes: on mains for the rendition, on reduced copies for the preview.
///
/// All of it is blocking work on several threads of its own; see ``RenderingPool`` for calling it from tasks.
///
/// The same recipe on the same main gives the same bytes on every node whose libjpeg-turbo decodes and encodes alike,
/// with and without SIMD. Versions from 2.1 on do; before 2.0.3, mains with colours sampled 4:4:0 come out otherwise, and
/// before 2.1, progressive ones whose last scans are missing. What is computed here is integers, tables made without
/// the system's mathematics, and IEEE 754 single precision without fused operations, and no result depends on the
/// number of threads: `PeerProtocol.docc/Recipes.md` has all of it.
public struct Renderer: Sendable {
    /// The version of the way in which recipes are run. Raised when a change gives other pixels.
    public static let pipeline = 1
    /// The same for mains of four inks that are decoded, whose colours changed once. All other mains, and renditions
    /// without loss, kept their number, so that nodes of both versions make one image of them.
    public static let inkPipeline = 2

    /// Nothing is quantised coarser than libjpeg does at this quality, whatever the main is: one of low quality would
    /// lose as much again.
    private static let leastQuality = 90
    /// The same for previews, which stay where they are made, and were quantised once already.
    private static let previewQuality = 95

    /// The same for renditions of mains that are no JPEGs.
    private static let otherQuality = 95

    private let limits: ImagingLimits
    private let threads: Int
    private let decoder: (any PictureDecoding)?

    /// A renderer that refuses what is over `limits`.
    ///
    /// - Parameters:
    ///   - threads: that work on one picture, the caller's included; nil for one a core.
    ///   - decoder: for the types that this process does not decode itself.
    public init(
        limits: ImagingLimits = ImagingLimits(), threads: Int? = nil, decoder: (any PictureDecoding)? = nil
    ) {
        self.limits = limits
        self.decoder = decoder
        self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    }

    /// The rendition of a main at full size: a JPEG, or a PNG of eight bits a sample where the recipe says so.
    ///
    /// It keeps the main's EXIF (without the thumbnail and large maker notes), its colour profile and its chroma
    /// sampling, is quantised nowhere coarser than the main, and says in XMP what it was made of. Where the recipe only
    /// turns, mirrors and crops, the main's own coefficients are written wherever that gives exactly the pixels that
    /// were asked for. Of a main of another type it is a JPEG of quality 95. A PNG has the samples as they are computed, and the
    /// same metadata.
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
        let marker = RenditionMarker(source: recipe.image, recipe: recipe.id)
        return try produce(main, recipe.look, .rendition(marker), isCancelled, sink)
    }

    /// The rendition of a main as one array.
    public func render(main: [UInt8], recipe: Recipe) throws -> [UInt8] {
        let pieces = Mutex<[UInt8]>([])
        try render(main: main, recipe: recipe) { piece in pieces.withLock { $0 += piece } }
        return pieces.withLock { $0 }
    }

    /// What the rendition will look like, from a reduced copy of the recipe's image.
    ///
    /// It carries the reduced copy's marker with the recipe added as ``ReducedMarker/preview``, so that it is never
    /// taken for a main nor for a reduced copy of the rendition.
    ///
    /// - Parameters:
    ///   - copy: the whole file of the reduced copy; a main works too.
    ///   - mainSize: of the main, upright, where known: the preview then has the pixels that a reduced copy of the
    ///     rendition at the same scale has.
    ///   - isCancelled: as for a rendition.
    public func preview(
        of copy: [UInt8], recipe: Recipe, mainSize: PixelSize? = nil,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> [UInt8] {
        let facts = ImageInspector.facts(of: copy)
        var marker =
            facts.marker
            ?? ReducedMarker(image: recipe.image, edge: facts.size?.longEdge ?? 1, quality: Self.previewQuality)
        marker.image = recipe.image
        marker.preview = recipe.id
        let pieces = Mutex<[UInt8]>([])
        _ = try produce(copy, recipe.look, .preview(marker, mainSize: mainSize), isCancelled) { piece in
            pieces.withLock { $0 += piece }
        }
        return pieces.withLock { $0 }
    }

    /// What is made.
    private enum Purpose {
        case rendition(RenditionMarker)
        case preview(ReducedMarker, mainSize: PixelSize?)
    }

    private func produce(
        _ file: [UInt8], _ look: Look, _ purpose: Purpose, isDecoded: Bool = false,
        _ isCancelled: @escaping @Sendable () -> Bool, _ sink: @escaping @Sendable ([UInt8]) throws -> Void
    ) throws -> Rendition {
        if file.isEmpty { throw ImagingError.notAnImage("is empty") }
        guard let type = ImageType(head: file.prefix(HeadSize.length)), type != .other else {
            throw ImagingError.notAnImage("is no picture of a known type, whatever its name")
        }
        guard type == .jpeg else {
            guard type.isEditable else { throw ImagingError.notEditableYet(type) }
            let whole = try Reducer(limits: limits, decoder: decoder).whole(file.span)
            return try produce(whole, look, purpose, isDecoded: true, isCancelled, sink)
        }
        let layout = JPEGLayout(file.span)
        let frame = try JPEGAdmission(limits: limits).check(layout)
        let exif = layout.exif(of: file.span)
        let profile = ICCProfile(file.span, chunks: layout.profileChunks, limit: limits.profileBytes)
        let orientation = Orientation(exif: exif.map { ExifFacts($0).orientation } ?? 1)
        let source: RenderSource
        let marker: [UInt8]
        let leastQuality: Int
        var isPNG = false
        switch purpose {
        case .rendition(let rendition):
            isPNG = look.isPNG
            source = RenderSource(width: frame.width, height: frame.height, orientation: orientation)
            marker = rendition.payload(in: layout.xmp(of: file.span))
            leastQuality = isDecoded ? Self.otherQuality : Self.leastQuality
        case .preview(let preview, let mainSize):
            source = RenderSource(
                copyOfWidth: frame.width, height: frame.height, orientation: orientation, mainSize: mainSize)
            var words = PictureWords(layout, of: file.span)
            // It may be cropped or turned.
            words?.regions = nil
            marker = preview.payload(with: words)
            leastQuality = Self.previewQuality
        }
        let geometry = RenderGeometry(look, of: source)
        var head = RenditionHead(exif: exif, profile: profile, marker: marker, limits: limits)

        if !isDecoded, !isPNG,
            let lossless = try LosslessRendering.render(file.span, layout, frame, look, geometry, head)
        {
            if isCancelled() { throw CancellationError() }
            try sink(lossless.file)
            return Rendition(size: lossless.size, bytes: Int64(lossless.file.count), isLossless: true)
        }
        if frame.components.count == 4, case .rendition(var rendition) = purpose {
            rendition.pipeline = Self.inkPipeline
            head.marker = rendition.payload(in: layout.xmp(of: file.span))
        }
        return try file.withUnsafeBufferPointer { bytes in
            let reader = try BandReader()
            try reader.open(UnsafeBufferPointer(rebasing: bytes[layout.readable]), as: frame)
            let isGrey = reader.pixels == .grey
            head.profile = profile.flatMap { $0.describes(grey: isGrey) ? $0 : nil }
            let development = Development(
                look, space: head.profile.flatMap { ColourSpace($0) } ?? .sRGB, isGrey: isGrey,
                longEdge: source.longEdge)
            let writer: any RowWriter
            if isPNG {
                writer = try PNGWriter(
                    width: geometry.width, height: geometry.height, components: development.components,
                    chunks: head.chunks(width: geometry.width, height: geometry.height, geometry.orientation))
            } else {
                var what = Encoding.like(frame, reader, keepsTables: !isDecoded)
                (what.width, what.height) = (Int32(geometry.width), Int32(geometry.height))
                what.quality = Int32(leastQuality)
                let jpeg = try BandWriter()
                try jpeg.start(
                    what,
                    segments: head.segments(width: geometry.width, height: geometry.height, geometry.orientation))
                writer = jpeg
            }
            try reader.start()
            let run = RenderRun(
                source: source, geometry: geometry, development: development, threads: threads,
                reader: reader, writer: writer, isCancelled: isCancelled, sink: sink)
            let bytes = try run.run()
            return Rendition(
                size: geometry.seenSize, bytes: bytes, isLossless: false, type: isPNG ? .png : .jpeg)
        }
    }
}
