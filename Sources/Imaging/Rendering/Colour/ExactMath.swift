/// The few functions that the tables of the rendering need, by additions, multiplications and divisions alone.
///
/// The system's may differ in the last bit from one version of the C library to the next, and then two nodes could give
/// two renditions.
enum ExactMath {
    private static let ln2 = 0.693_147_180_559_945_3
    static let pi = 3.141_592_653_589_793

    /// The natural logarithm of a positive, finite number.
    static func log(_ x: Double) -> Double {
        var mantissa = x.significand
        var exponent = Double(x.exponent)
        if mantissa > 1.414_213_562_373_095_1 {
            mantissa /= 2
            exponent += 1
        }
        // ln m = 2 (z + z³/3 + z⁵/5 + …) with |z| at most 0.172.
        let z = (mantissa - 1) / (mantissa + 1)
        var (power, sum) = (z, 0.0)
        for term in stride(from: 1.0, through: 23, by: 2) {
            sum += power / term
            power *= z * z
        }
        return 2 * sum + exponent * ln2
    }

    /// e to the power of x, for x from -700 to 700.
    static func exp(_ x: Double) -> Double {
        let whole = (x / ln2).rounded()
        let rest = x - whole * ln2
        var (power, sum) = (1.0, 1.0)
        for term in 1...16 {
            power *= rest / Double(term)
            sum += power
        }
        return sum * Double(sign: .plus, exponent: Int(whole), significand: 1)
    }

    /// x to the power of y, for x from 0 on.
    static func power(_ x: Double, _ y: Double) -> Double {
        x <= 0 ? 0 : exp(min(max(y * log(x), -700), 700))
    }

    /// The sine of x, in radians.
    static func sin(_ x: Double) -> Double {
        let turns = (x / (2 * pi)).rounded()
        let rest = x - turns * 2 * pi
        var (power, sum) = (rest, rest)
        for term in stride(from: 3.0, through: 31, by: 2) {
            power *= -rest * rest / (term * (term - 1))
            sum += power
        }
        return sum
    }

    /// The cosine of x, in radians.
    static func cos(_ x: Double) -> Double { sin(x + pi / 2) }
}
