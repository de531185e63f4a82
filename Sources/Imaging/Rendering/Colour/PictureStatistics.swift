import Model

/// What `auto` looks at: how light a picture's tones are, and of which colour its greyish ones.
struct PictureStatistics {
    /// What its numbers mean.
    let space: ColourSpace
    /// Linear red, green and blue, in the mean, of the tones that are neither dark nor blown out nor of a strong
    /// colour; nil where there are hardly any, as in a grey picture.
    let greyish: [Double]?
    /// How many pixels have each of 1,024 lightnesses.
    private var histogram = [Int](repeating: 0, count: 1024)

    /// Looks at a JPEG at a scale whose long edge is at least `edge`.
    init(_ file: [UInt8], edge: Int, limits: ImagingLimits) throws(ImagingError) {
        let layout = JPEGLayout(file.span)
        let frame = try JPEGAdmission(limits: limits).check(layout)
        let (width, height) = JPEGMainDecoder.scaledSize(width: frame.width, height: frame.height, edge: edge)
        let isInk = frame.components.count == 4
        var pixels = try TurboDecoder.read(file.span, layout) {
            (jpeg: Span<UInt8>, decoder: borrowing TurboDecoder) throws(ImagingError) -> [UInt8] in
            try decoder.pixels(of: jpeg, width: width, height: height, format: isInk ? .cmyk : .rgb)
        }
        if isInk { CMYKConversion.toRGB(&pixels) }
        let isGrey = frame.components.count == 1
        let profile = ICCProfile(file.span, chunks: layout.profileChunks, limit: limits.profileBytes)
        space = profile.flatMap { $0.describes(grey: isGrey) ? ColourSpace($0) : nil } ?? .sRGB

        let tables = space.curves.map { curve in (0...255).map { curve.light(Double($0) / 255) } }
        let shares = space.luminance
        let lightnesses = (0...4096).map { ToneCurve.lightness(Double($0) / 4096) }
        var (sum, count) = ([0.0, 0, 0], 0)
        for pixel in stride(from: 0, to: 3 * width * height, by: 3) {
            let light = (0..<3).map { tables[$0][Int(pixels[pixel + $0])] }
            let luminance = light[0] * shares[0] + light[1] * shares[1] + light[2] * shares[2]
            let lightness = lightnesses[Int(min(max(luminance, 0), 1) * 4096)]
            histogram[min(1023, Int(lightness * 1024))] += 1
            let (least, most) = (min(light[0], light[1], light[2]), max(light[0], light[1], light[2]))
            if lightness > 0.2, most < 0.95, least > 0.4 * most {
                for channel in 0..<3 { sum[channel] += light[channel] / luminance }
                count += 1
            }
        }
        greyish = isGrey || count * 20 < width * height ? nil : sum.map { $0 / Double(count) }
    }

    /// The lightness, 0 to 1, that this share of the pixels stays below.
    func lightness(at share: Double) -> Double {
        let wanted = Int(share * Double(histogram.reduce(0, +)))
        var seen = 0
        for (index, count) in histogram.enumerated() {
            seen += count
            if seen > wanted { return (Double(index) + 0.5) / 1024 }
        }
        return 1
    }
}
