/// Contrast, highlights and shadows: one curve for luminance.
///
/// It works on lightness, which is luminance through sRGB's curve and goes on beyond white. Each part keeps black and
/// white, rises everywhere, and goes on straight beyond white.
struct ToneCurve: Sendable {
    /// -1 to 1 each.
    var contrast: Double
    var highlights: Double
    var shadows: Double

    /// Entries of ``gains`` for luminances of 0 to 1.
    static let scale = 512
    /// The square root of the highest luminance in the table: that of white, five stops brighter.
    private static let most = 6

    var isNeutral: Bool { contrast == 0 && highlights == 0 && shadows == 0 }

    /// Lightness, from lightness.
    func applied(to lightness: Double) -> Double {
        let bent = Self.bend(lightness, end: 1 - 0.9 * contrast) { p in
            p + 0.9 * contrast * p * (1 - p) * (2 * p - 1)
        }
        let bright = Self.bend(bent, end: 1 - 0.8 * highlights) { p in p + 0.8 * highlights * p * p * (1 - p) }
        return Self.bend(bright, end: 1) { p in p + 0.8 * shadows * p * (1 - p) * (1 - p) }
    }

    /// What linear light is to be multiplied with, by the square root of its luminance: value and step to the next.
    func gains() -> [Float] {
        let count = Self.scale * Self.most
        let values: [Float] = (0...count).map { entry in
            // At black itself the gain of the darkest luminance.
            let root = max(Double(entry), 0.25) / Double(Self.scale)
            let luminance = root * root
            return Float(Self.luminance(applied(to: Self.lightness(luminance))) / luminance)
        }
        return (0...count).flatMap { [values[$0], $0 < count ? values[$0 + 1] - values[$0] : 0] }
    }

    /// The last entry of ``gains()``.
    static var last: Int { scale * most }

    private static func bend(_ p: Double, end slope: Double, _ curve: (Double) -> Double) -> Double {
        p <= 1 ? curve(p) : 1 + (p - 1) * slope
    }

    static func lightness(_ luminance: Double) -> Double {
        luminance <= 0.003_130_8 ? 12.92 * luminance : 1.055 * ExactMath.power(luminance, 1 / 2.4) - 0.055
    }

    static func luminance(_ lightness: Double) -> Double {
        lightness <= 0.040_45 ? lightness / 12.92 : ExactMath.power((lightness + 0.055) / 1.055, 2.4)
    }
}
