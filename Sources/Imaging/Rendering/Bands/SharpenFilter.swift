/// The blur that sharpening compares with, for one size of picture.
///
/// Its width is a share of the picture's long edge: a pixel and a half at 6,000 pixels. In a reduced copy that is less
/// than a pixel, where samples of a bell curve would no longer blur as the bell curve does. So the taps are those that
/// treat every frequency which the pixels can show as the bell curve treats it.
struct SharpenFilter: Sendable {
    /// The middle one, and those to one side.
    let taps: [Float]
    /// How much of the difference is added.
    let amount: Float

    /// Pixels of the long edge for each of the blur's standard deviation.
    private static let edge = 4000.0
    /// More would need too much of the picture at once, and is reached at 24,000 pixels.
    private static let widest = 6.0

    var radius: Int { taps.count - 1 }

    /// - Parameters:
    ///   - longEdge: of the whole picture before it is cropped, in pixels.
    ///   - amount: 0 to 1.
    init(longEdge: Double, amount: Double) {
        let sigma = min(longEdge / Self.edge, Self.widest)
        let radius = Int((3 * sigma).rounded(.up)) + 2
        // The inverse transform of exp(-2π²σ²f²) over the frequencies from 0 to 1/2, by Simpson's rule.
        let steps = 64
        let exact = (0...radius).map { tap in
            (0...steps).reduce(0.0) { sum, step in
                let frequency = 0.5 * Double(step) / Double(steps)
                let weight = step == 0 || step == steps ? 1.0 : step % 2 == 1 ? 4 : 2
                let response = ExactMath.exp(
                    -2 * ExactMath.pi * ExactMath.pi * sigma * sigma * frequency * frequency)
                return sum + weight * response * ExactMath.cos(2 * ExactMath.pi * frequency * Double(tap))
            } / (3 * Double(steps))
        }
        let sum = exact[0] + 2 * exact.dropFirst().reduce(0, +)
        taps = exact.map { Float($0 / sum) }
        self.amount = Float(1.5 * amount)
    }
}
