import Model

/// Where a rendition lies in its main, both as they are stored.
struct RenditionFrame {
    /// Pixels.
    let width: Int
    let height: Int
    /// The first pixel in the main, where pixels are taken as they are; nil where they lie between those.
    let offset: (x: Int, y: Int)?
    /// The position of the first pixel in the main, in pixels from the middle of its first, and the steps to the next
    /// along a row and down a column.
    let start: (x: Double, y: Double)
    let across: (x: Double, y: Double)
    let down: (x: Double, y: Double)

    /// - Parameters:
    ///   - seen: how main and rendition are to be seen, turned and mirrored.
    ///   - width: of the main, as stored.
    ///   - height: of the main, as stored.
    init(_ look: Look, seen: Orientation, width: Int, height: Int) {
        if look[.straighten] == .zero {
            self.init(crop: look.crop, seen: seen, width: width, height: height)
        } else {
            let degrees = Double(look[.straighten].thousandths) / 1000
            self.init(straightenedBy: degrees, crop: look.crop, seen: seen, width: width, height: height)
        }
    }

    /// Whole pixels: edges fall between them.
    private init(crop: Crop?, seen: Orientation, width: Int, height: Int) {
        func edges(_ from: Int, _ length: Int, _ side: Int) -> (low: Int, high: Int) {
            func edge(_ part: Int) -> Int { (part * side + Crop.whole / 2) / Crop.whole }
            let low = min(edge(from), side - 1)
            return (low, max(edge(from + length), low + 1))
        }
        let sides = seen.sides(width, height)
        let x = edges(crop?.left ?? 0, crop?.width ?? Crop.whole, sides.width)
        let y = edges(crop?.top ?? 0, crop?.height ?? Crop.whole, sides.height)
        // Twice the middle, from the picture's, so that it is whole.
        let middle = seen.inverse.apply(x.low + x.high - sides.width, y.low + y.high - sides.height)
        (self.width, self.height) = seen.sides(x.high - x.low, y.high - y.low)
        let first = (x: (middle.x + width - self.width) / 2, y: (middle.y + height - self.height) / 2)
        offset = first
        start = (Double(first.x), Double(first.y))
        (across, down) = ((1, 0), (0, 1))
    }

    private init(straightenedBy degrees: Double, crop: Crop?, seen: Orientation, width: Int, height: Int) {
        let sides = seen.sides(Double(width), Double(height))
        let (cosine, sine) = (
            ExactMath.cos(degrees * ExactMath.pi / 180), ExactMath.sin(degrees * ExactMath.pi / 180)
        )
        // The largest frame of the picture's proportions whose corners stay inside when it is turned.
        let share = min(
            1 / (cosine + sides.height / sides.width * sine.magnitude),
            1 / (cosine + sides.width / sides.height * sine.magnitude))
        func part(_ millionths: Int) -> Double { Double(millionths) / Double(Crop.whole) }
        let (cropWidth, cropHeight) = (part(crop?.width ?? Crop.whole), part(crop?.height ?? Crop.whole))
        let size = (width: cropWidth * sides.width * share, height: cropHeight * sides.height * share)
        // Its middle, from the picture's.
        let centre = (
            x: (part(crop?.left ?? 0) + cropWidth / 2 - 0.5) * sides.width * share,
            y: (part(crop?.top ?? 0) + cropHeight / 2 - 0.5) * sides.height * share
        )
        let pixels = (width: max(1, Int(size.width.rounded())), height: max(1, Int(size.height.rounded())))
        let step = (x: size.width / Double(pixels.width), y: size.height / Double(pixels.height))
        let stored = seen.sides(pixels.width, pixels.height)
        // From a pixel of the rendition as it is stored to one of the main.
        func position(_ column: Double, _ row: Double) -> (x: Double, y: Double) {
            let place = seen.apply(
                column + 0.5 - Double(stored.width) / 2, row + 0.5 - Double(stored.height) / 2)
            let (u, v) = (centre.x + place.x * step.x, centre.y + place.y * step.y)
            // Against the clock: what is turned is the picture.
            let back = seen.inverse.apply(u * cosine + v * sine, v * cosine - u * sine)
            return (back.x + Double(width) / 2 - 0.5, back.y + Double(height) / 2 - 0.5)
        }
        let (first, right, below) = (position(0, 0), position(1, 0), position(0, 1))
        (self.width, self.height, offset) = (stored.width, stored.height, nil)
        start = first
        across = (right.x - first.x, right.y - first.y)
        down = (below.x - first.x, below.y - first.y)
    }
}
