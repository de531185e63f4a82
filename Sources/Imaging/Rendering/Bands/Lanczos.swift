/// The weights of the filter that finds pixels between pixels: Lanczos's of three lobes.
enum Lanczos {
    /// 256 phases of 8, of which 6 are used, each six together one.
    static let weights: [Float] = (0..<256).flatMap { phase -> [Float] in
        let part = Double(phase) / 256
        let exact = (-2...3).map { tap in value(Double(tap) - part) }
        let sum = exact.reduce(0, +)
        return exact.map { Float($0 / sum) } + [0, 0]
    }

    private static func value(_ x: Double) -> Double {
        guard x != 0 else { return 1 }
        guard x.magnitude < 3 else { return 0 }
        let y = ExactMath.pi * x
        return 3 * ExactMath.sin(y) * ExactMath.sin(y / 3) / (y * y)
    }
}
