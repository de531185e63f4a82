/// How the values of a picture stand for light: a curve from 0…1 to 0…1 that rises (ICC.1:2010, 10.5 and 10.15).
enum TransferCurve: Hashable, Sendable {
    /// y = (a·x + b)^g + e from d on, and c·x + f below.
    case parametric(g: Double, a: Double, b: Double, c: Double, d: Double, e: Double, f: Double)
    /// Values at equal distances.
    case table([Double])

    /// A plain power.
    static func gamma(_ g: Double) -> TransferCurve { .parametric(g: g, a: 1, b: 0, c: 0, d: 0, e: 0, f: 0) }

    /// That of sRGB, and of Display P3.
    static let sRGB = TransferCurve.parametric(
        g: 2.4, a: 1 / 1.055, b: 0.055 / 1.055, c: 1 / 12.92, d: 0.04045, e: 0, f: 0)

    /// The light that a value of 0…1 stands for.
    func light(_ x: Double) -> Double {
        let y: Double
        switch self {
        case .parametric(let g, let a, let b, let c, let d, let e, let f):
            y = x >= d ? ExactMath.power(a * x + b, g) + e : c * x + f
        case .table(let values):
            let place = min(max(x, 0), 1) * Double(values.count - 1)
            let index = min(Int(place), values.count - 2)
            y = values[index] + (values[index + 1] - values[index]) * (place - Double(index))
        }
        return min(max(y, 0), 1)
    }

    /// Whether it is one that can be undone: from about black to about white, and nowhere falling.
    var isUsable: Bool {
        if case .parametric(let g, let a, let b, let c, let d, let e, let f) = self {
            guard [g, a, b, c, d, e, f].allSatisfy({ $0.isFinite && $0.magnitude <= 100 }), g > 0.1, g < 10 else {
                return false
            }
        }
        let samples = (0...255).map { light(Double($0) / 255) }
        return samples[0] < 0.02 && samples[255] > 0.98 && zip(samples, samples.dropFirst()).allSatisfy { $0 <= $1 }
    }

    /// The values, times 255, of light at the squares of equal distances from 0 to 1: `count` and one more, each with
    /// the step to the next.
    ///
    /// By the square root of light the curves of all usual spaces are nearly straight, so that few entries do.
    func inverse(count: Int) -> [Float] {
        let fine = 8192
        let lights = (0...fine).map { light(Double($0) / Double(fine)) }
        var index = 0
        let values: [Double] = (0...count).map { entry in
            let root = Double(entry) / Double(count)
            let wanted = root * root
            while index < fine - 1, lights[index + 1] < wanted { index += 1 }
            let rise = lights[index + 1] - lights[index]
            let part = rise > 0 ? min(max((wanted - lights[index]) / rise, 0), 1) : 0
            return 255 * (Double(index) + part) / Double(fine)
        }
        return (0...count).flatMap { entry in
            [Float(values[entry]), entry < count ? Float(values[entry + 1]) - Float(values[entry]) : 0]
        }
    }
}
