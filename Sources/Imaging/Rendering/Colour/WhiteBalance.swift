/// The change of light that temperature and tint ask for, as a matrix on linear red, green and blue.
enum WhiteBalance {
    /// Mireds of D65, the white of the usual spaces.
    private static let neutral = 153.75

    /// From XYZ to the responses of the eye's cones (Bradford; ICC.1:2010, annex E).
    private static let cones = Matrix3(rows: [
        [0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296],
    ])

    /// - Parameters:
    ///   - temperature: -100 to 100, 0.8 mired each.
    ///   - tint: -100 to 100, 0.0002 each of CIE 1960's u and v.
    static func matrix(temperature: Double, tint: Double, in space: ColourSpace) -> Matrix3 {
        guard temperature != 0 || tint != 0, let toRGB = space.toXYZ.inverse, let fromCones = cones.inverse else {
            return .identity
        }
        // The profile's own white stands for D65; it moves by as much as that would.
        let (before, after) = (white(temperature: 0, tint: 0), white(temperature: temperature, tint: tint))
        let gains = zip(cones * after, cones * before).map { $0 / $1 }
        let matrix = toRGB * fromCones * .diagonal(gains) * cones * space.toXYZ
        // White keeps its luminance.
        let moved = matrix * [1, 1, 1]
        let level = zip(moved, space.luminance).reduce(0) { $0 + $1.0 * $1.1 }
        return Matrix3.diagonal([1 / level, 1 / level, 1 / level]) * matrix
    }

    /// XYZ, of luminance 1, of daylight (CIE 15:2004, 3.1) with a tint.
    private static func white(temperature: Double, tint: Double) -> [Double] {
        let kelvins = 1_000_000 / (neutral + 0.8 * temperature)
        let t = 1000 / kelvins
        let x =
            kelvins <= 7000
            ? 0.244063 + 0.09911 * t + 2.9678 * t * t - 4.6070 * t * t * t
            : 0.237040 + 0.24748 * t + 1.9018 * t * t - 2.0064 * t * t * t
        let y = -3 * x * x + 2.87 * x - 0.275
        // CIE 1960: u = 4x / (-2x + 12y + 3), v = 6y / (-2x + 12y + 3). Green lies at small u and large v.
        let divisor = -2 * x + 12 * y + 3
        // Across the locus, as it runs at D65.
        let (u, v) = (4 * x / divisor + 0.757 * 0.0002 * tint, 6 * y / divisor - 0.654 * 0.0002 * tint)
        let back = 2 * u - 8 * v + 4
        let (x2, y2) = (3 * u / back, 2 * v / back)
        return [x2 / y2, 1, (1 - x2 - y2) / y2]
    }
}
