import Model

/// Where each pixel of a rendition, or of its preview, lies in the picture that it is made of.
///
/// A rendition that is not turned losslessly is stored as its source is, and says in its orientation how it is to be
/// seen: so rows come and go in one order, and turning needs no memory. A preview has the pixels that a reduced copy of
/// the rendition would have, at the scale of the copy that it is made of.
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

    init(_ look: Look, of source: RenderSource) {
        var seen = source.orientation
        for _ in 0..<look.turns { seen = Orientation.turnedOnce.after(seen) }
        if look.isMirrored { seen = Orientation.mirrored.after(seen) }
        orientation = seen
        let rendition = RenditionFrame(look, seen: seen, width: source.mainWidth, height: source.mainHeight)
        let scale = Double(source.eighths) / 8
        width = (rendition.width * source.eighths + 7) / 8
        height = (rendition.height * source.eighths + 7) / 8

        func fixed(_ value: (x: Double, y: Double)) -> (x: Int64, y: Int64) {
            (Int64((value.x * 4_294_967_296).rounded()), Int64((value.y * 4_294_967_296).rounded()))
        }
        // The middle of the first pixel, in the rendition's pixels, from the middle of its first.
        let first = 0.5 / scale - 0.5
        let place = (
            x: rendition.start.x + first * (rendition.across.x + rendition.down.x),
            y: rendition.start.y + first * (rendition.across.y + rendition.down.y)
        )
        start = fixed(((place.x + 0.5) * scale - 0.5, (place.y + 0.5) * scale - 0.5))
        (across, down) = (fixed(rendition.across), fixed(rendition.down))
        offset = rendition.offset.flatMap { offset in
            let (x, y) = (offset.x * source.eighths, offset.y * source.eighths)
            return x % 8 == 0 && y % 8 == 0 ? (x / 8, y / 8) : nil
        }
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
