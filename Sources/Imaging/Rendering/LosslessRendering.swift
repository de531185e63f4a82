import Model

/// Renditions that have the main's own coefficients: where a recipe only turns, mirrors and crops.
///
/// The pixels are exactly those that were asked for, or it is not done here: a crop that does not begin between the
/// main's blocks is not moved there. Where a turn would bring incomplete blocks to the inside, the picture stays as it
/// is stored and says how it is to be seen.
enum LosslessRendering {
    /// A whole JPEG.
    struct Result {
        var file: [UInt8]
        var size: PixelSize
    }

    /// The rendition; nil where it cannot be had without loss.
    static func render(
        _ main: Span<UInt8>, _ layout: JPEGLayout, _ frame: JPEGFrame, _ look: Look, _ geometry: RenderGeometry,
        _ head: RenditionHead
    ) throws(ImagingError) -> Result? {
        guard !look.changesPixels, let offset = geometry.offset else { return nil }
        let size = geometry.seenSize
        let stored =
            look.crop == nil
            ? nil : (x: offset.x..<offset.x + geometry.width, y: offset.y..<offset.y + geometry.height)

        if look.turns != 0 || look.isMirrored {
            // Upright, with its pixels turned.
            var part: (x: Range<Int>, y: Range<Int>)?
            if let stored {
                let seen = geometry.orientation
                let sides = seen.sides(frame.width, frame.height)
                let middle = seen.apply(
                    stored.x.lowerBound + stored.x.upperBound - frame.width,
                    stored.y.lowerBound + stored.y.upperBound - frame.height)
                let (x, y) = ((middle.x + sides.width - size.width) / 2, (middle.y + sides.height - size.height) / 2)
                part = (x..<x + size.width, y..<y + size.height)
            }
            if let turned = try TurboTransformer().transform(main, frame, geometry.orientation, part: part) {
                let segments = head.segments(width: size.width, height: size.height, .upright)
                return Result(file: spliced(turned.span, JPEGLayout(turned.span), segments), size: size)
            }
        }
        let segments = head.segments(width: geometry.width, height: geometry.height, geometry.orientation)
        guard let stored else { return Result(file: spliced(main, layout, segments), size: size) }
        guard let cropped = try TurboTransformer().transform(main, frame, .upright, part: stored) else { return nil }
        return Result(file: spliced(cropped.span, JPEGLayout(cropped.span), segments), size: size)
    }

    /// The file with other metadata, its picture byte for byte: JFIF's and Adobe's segments stay, since they tell what
    /// the samples are.
    static func spliced(
        _ file: Span<UInt8>, _ layout: JPEGLayout, _ segments: [(code: UInt8, payload: [UInt8])]
    ) -> [UInt8] {
        let added = segments.flatMap { JPEGMarker.segment($0.code, $0.payload) }
        var result: [UInt8] = []
        result.reserveCapacity(file.count + added.count)
        result += [0xFF, JPEGMarker.startOfImage]
        var isAdded = false
        var offset = 2
        while offset < layout.scanStart, let escape = file.firstOffset(of: 0xFF, from: offset) {
            let code = file[escape + 1]
            offset = escape + 1
            // The layout came this way to its scan, so that the lengths are right.
            guard code != 0xFF, code != 0, !JPEGMarker.standsAlone(code), let length = file.short(at: escape + 2),
                escape + 2 + length <= layout.scanStart
            else { continue }
            offset = escape + 2 + length
            let isJFIF =
                code == JPEGMarker.app0 && file.extracting(escape + 4..<offset).begins(with: "JFIF\0")
            // JFIF's has to come first; all others come behind ours.
            if !isJFIF, !isAdded {
                result += added
                isAdded = true
            }
            if JPEGMarker.isMetadata(code), !isJFIF, code != JPEGMarker.app14 { continue }
            result += file.copy(escape..<offset)
        }
        if !isAdded { result += added }
        let scan = layout.scanStart..<layout.readable.upperBound
        file.extracting(scan).withUnsafeBufferPointer { result += $0 }
        // What is cut becomes a whole file.
        if layout.end == nil { result += [0xFF, JPEGMarker.endOfImage] }
        return result
    }
}
