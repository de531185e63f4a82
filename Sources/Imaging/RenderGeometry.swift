import Model

/// Where each pixel of a rendition lies in the picture that it is made of.
///
/// A rendition that is not turned losslessly is stored as its source is, and says in its orientation how it is to be
/// seen: so rows come and go in one order, and turning needs no memory.
struct RenderGeometry: Sendable {
    /// Pixels, as stored.
    let width: Int
    let height: Int
    /// How the rendition is to be seen.
    let orientation: Orientation
    /// The first pixel in the source, where pixels are taken as they are; nil where they lie between those.
    let offset: (x: Int, y: Int)?
    /// The position of the first pixel in the source, and the steps to the next along a row and down a column, in
    /// 2^-32 pixels.
    let start: (x: Int64, y: Int64)
    let across: (x: Int64, y: Int64)
    let down: (x: Int64, y: Int64)

    /// A part of a picture as it is seen.
    private struct Part {
        /// Its middle, from the picture's.
        var x: Double
        var y: Double
        var width: Double
        var height: Double
    }

    init(_ look: Look, of source: RenderSource) {
        var seen = source.orientation
        for _ in 0..<look.turns { seen = Orientation.turnedOnce.after(seen) }
        if look.isMirrored { seen = Orientation.mirrored.after(seen) }
        orientation = seen
        let main = seen.sides(source.mainWidth, source.mainHeight)
        let exact = seen.sides(source.exactWidth, source.exactHeight)
        let degrees = Double(look[.straighten].thousandths) / 1000
        let crop = look.crop

        if degrees == 0 {
            // Edges fall between the main's pixels, in whatever copy of it.
            func edges(_ from: Int, _ length: Int, _ side: Int) -> (Int, Int) {
                func edge(_ part: Int) -> Int { (part * side + Crop.whole / 2) / Crop.whole }
                let low = min(edge(from), side - 1)
                return (low, max(edge(from + length), low + 1))
            }
            let x = edges(crop?.left ?? 0, crop?.width ?? Crop.whole, main.width)
            let y = edges(crop?.top ?? 0, crop?.height ?? Crop.whole, main.height)
            let isMain = source.mainWidth == source.width && source.mainHeight == source.height
            if isMain || crop == nil {
                let (wholeX, wholeY) = seen.sides((0, source.width), (0, source.height))
                let (seenX, seenY) = crop == nil ? (wholeX, wholeY) : (x, y)
                let sides = seen.sides(source.width, source.height)
                // Twice the middle, so that it is whole.
                let middle = seen.inverse.apply(seenX.0 + seenX.1 - sides.width, seenY.0 + seenY.1 - sides.height)
                let size = seen.sides(seenX.1 - seenX.0, seenY.1 - seenY.0)
                (width, height) = size
                let first = (
                    x: (middle.x + source.width - size.width) / 2, y: (middle.y + source.height - size.height) / 2
                )
                offset = first
                start = (Int64(first.x) << 32, Int64(first.y) << 32)
                (across, down) = ((1 << 32, 0), (0, 1 << 32))
                return
            }
            let scale = (x: exact.width / Double(main.width), y: exact.height / Double(main.height))
            let part = Part(
                x: Double(x.0 + x.1 - main.width) / 2 * scale.x, y: Double(y.0 + y.1 - main.height) / 2 * scale.y,
                width: Double(x.1 - x.0) * scale.x, height: Double(y.1 - y.0) * scale.y)
            (width, height, start, across, down) = Self.place(part, degrees: 0, seen, source)
            offset = nil
            return
        }
        // The largest frame of the picture's proportions whose corners stay inside when it is turned.
        let angle = degrees.magnitude * ExactMath.pi / 180
        let (cosine, sine) = (ExactMath.cos(angle), ExactMath.sin(angle))
        let share = min(
            1 / (cosine + exact.height / exact.width * sine), 1 / (cosine + exact.width / exact.height * sine))
        let frame = (width: exact.width * share, height: exact.height * share)
        func part(_ millionths: Int) -> Double { Double(millionths) / Double(Crop.whole) }
        let (cropWidth, cropHeight) = (part(crop?.width ?? Crop.whole), part(crop?.height ?? Crop.whole))
        let cropped = Part(
            x: (part(crop?.left ?? 0) + cropWidth / 2 - 0.5) * frame.width,
            y: (part(crop?.top ?? 0) + cropHeight / 2 - 0.5) * frame.height,
            width: cropWidth * frame.width, height: cropHeight * frame.height)
        (width, height, start, across, down) = Self.place(cropped, degrees: degrees, seen, source)
        offset = nil
    }

    private static func place(
        _ part: Part, degrees: Double, _ seen: Orientation, _ source: RenderSource
    ) -> (Int, Int, (x: Int64, y: Int64), (x: Int64, y: Int64), (x: Int64, y: Int64)) {
        let seenWidth = max(1, Int(part.width.rounded()))
        let seenHeight = max(1, Int(part.height.rounded()))
        let size = seen.sides(seenWidth, seenHeight)
        let step = (x: part.width / Double(seenWidth), y: part.height / Double(seenHeight))
        let angle = degrees * ExactMath.pi / 180
        let (cosine, sine) = (ExactMath.cos(angle), ExactMath.sin(angle))
        // From a position about the middle of the rendition as it is stored to one in the source.
        func position(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
            let seenPlace = seen.apply(x, y)
            let (u, v) = (part.x + seenPlace.x * step.x, part.y + seenPlace.y * step.y)
            // Against the clock: what is turned is the picture.
            let turned = (x: u * cosine + v * sine, y: v * cosine - u * sine)
            let stored = seen.inverse.apply(turned.x, turned.y)
            return (stored.x + source.exactWidth / 2 - 0.5, stored.y + source.exactHeight / 2 - 0.5)
        }
        func fixed(_ value: Double) -> Int64 { Int64((value * 4_294_967_296).rounded()) }
        let (x, y) = (0.5 - Double(size.width) / 2, 0.5 - Double(size.height) / 2)
        let (first, right, below) = (position(x, y), position(x + 1, y), position(x, y + 1))
        return (
            size.width, size.height, (fixed(first.x), fixed(first.y)),
            (fixed(right.x - first.x), fixed(right.y - first.y)), (fixed(below.x - first.x), fixed(below.y - first.y))
        )
    }

    /// Upright, in pixels.
    var seenSize: PixelSize {
        let sides = orientation.sides(width, height)
        return PixelSize(width: sides.width, height: sides.height)
    }

    /// The source's pixels that those of a part of the rendition are made of, filter included; some may lie outside.
    func reach(x: Range<Int>, y: Range<Int>) -> (x: Range<Int>, y: Range<Int>) {
        if let offset {
            return (
                x.lowerBound + offset.x..<x.upperBound + offset.x, y.lowerBound + offset.y..<y.upperBound + offset.y
            )
        }
        func span(_ start: Int64, _ across: Int64, _ down: Int64) -> Range<Int> {
            let corners = [Int64(x.lowerBound), Int64(x.upperBound - 1)].flatMap { column in
                [Int64(y.lowerBound), Int64(y.upperBound - 1)].map { row in start + column * across + row * down }
            }
            // The filter reaches from two before to three behind.
            return Int((corners.min() ?? 0) >> 32) - 2..<Int((corners.max() ?? 0) >> 32) + 4
        }
        return (span(start.x, across.x, down.x), span(start.y, across.y, down.y))
    }
}
