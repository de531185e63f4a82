public import Model

/// Levels and balance computed from a reduced copy: the numbers behind `auto`.
///
/// They go into the recipe, so that every node gives the same whatever it would have computed.
public enum AutoLevels {
    /// Long edge, in pixels, at which the picture is looked at.
    public static let edge = 256

    /// `look` with exposure, temperature, tint, contrast, highlights and shadows computed from the picture; its other
    /// operations are kept. Those that it has already are replaced.
    ///
    /// - Parameter copy: the whole file of a reduced copy; a main works too.
    /// - Throws: ``ImagingError``.
    public static func look(
        of copy: [UInt8], keeping look: Look = .neutral, limits: ImagingLimits = ImagingLimits()
    ) throws(ImagingError) -> Look {
        if copy.isEmpty { throw .notAnImage("is empty") }
        guard let type = ImageType(head: copy.prefix(HeadSize.length)), type != .other else {
            throw .notAnImage("is no picture of a known type, whatever its name")
        }
        guard type == .jpeg else { throw .notEditableYet(type) }
        let statistics = try PictureStatistics(copy, edge: edge, limits: limits)
        let amounts = amounts(for: statistics)
        do {
            var all = amounts
            for adjustment in Adjustment.allCases where amounts[adjustment] == nil {
                all[adjustment] = look[adjustment]
            }
            return try Look(
                turns: look.turns, isMirrored: look.isMirrored, crop: look.crop, isBlackAndWhite: look.isBlackAndWhite,
                isPNG: look.isPNG, all)
        } catch {
            preconditionFailure("all amounts are within their ranges: \(error)")
        }
    }

    private static func amounts(for picture: PictureStatistics) -> [Adjustment: Amount] {
        func whole(_ value: Double, _ range: ClosedRange<Double>) -> Amount {
            Amount(thousandths: Int(min(max(value, range.lowerBound), range.upperBound).rounded()) * 1000)
        }
        // The brightest tones to just below white; not farther than one would by hand.
        let bright = ToneCurve.luminance(0.97) / max(ToneCurve.luminance(picture.lightness(at: 0.995)), 0.001)
        let stops = min(max(ExactMath.log(bright) / ExactMath.log(2), -1), 1.5)
        let gain = ExactMath.power(2, stops)
        func lightness(at share: Double) -> Double {
            min(1, ToneCurve.lightness(gain * ToneCurve.luminance(picture.lightness(at: share))))
        }
        let (low, middle, high) = (lightness(at: 0.01), lightness(at: 0.5), lightness(at: 0.99))
        let (temperature, tint) = balance(picture)
        return [
            // Hundredths of a stop.
            .exposure: Amount(thousandths: Int((stops * 100).rounded()) * 10),
            .temperature: whole(temperature, -40...40), .tint: whole(tint, -20...20),
            .contrast: whole(100 * (0.85 - (high - low)), 0...40),
            .shadows: whole(200 * (0.42 - middle), -20...50),
            .highlights: whole(200 * (0.60 - middle), -40...0),
        ]
    }

    /// Six tenths of the way to where the picture's greyish tones would be grey: what makes them coloured may be the
    /// light, and may be the things in it.
    private static func balance(_ picture: PictureStatistics) -> (temperature: Double, tint: Double) {
        guard let grey = picture.greyish else { return (0, 0) }
        func colour(_ temperature: Double, _ tint: Double) -> Double {
            let light = WhiteBalance.matrix(temperature: temperature, tint: tint, in: picture.space) * grey
            let mean = max(light.reduce(0, +) / 3, 1e-6)
            return light.reduce(0) { $0 + ($1 / mean - 1) * ($1 / mean - 1) }
        }
        var best = (temperature: 0.0, tint: 0.0)
        for step in [16.0, 4, 1] {
            let centre = best
            for x in -5...5 {
                for y in -5...5 {
                    let temperature = min(max(centre.temperature + step * Double(x), -100), 100)
                    let tint = min(max(centre.tint + step * Double(y), -100), 100)
                    if colour(temperature, tint) < colour(best.temperature, best.tint) { best = (temperature, tint) }
                }
            }
        }
        return (0.6 * best.temperature, 0.6 * best.tint)
    }
}
