/// An operation that takes one number. Zero changes nothing.
public enum Adjustment: String, Hashable, Sendable, CaseIterable {
    /// Degrees by which the picture is turned clockwise to stand straight, -45 to 45. What remains is the largest
    /// rectangle of the picture's own proportions that has no empty corner.
    case straighten
    /// Stops of light, -5 to 5: each doubles it. What comes to lie above white is cut off at white, in each colour.
    case exposure
    /// Warmer above zero, cooler below, -100 to 100: 0.8 mired a unit along the daylight locus, from the picture's own
    /// white, which keeps its lightness.
    case temperature
    /// Towards magenta above zero, towards green below, -100 to 100.
    case tint
    /// -100 to 100. Black, white and the middle stay; the colours keep their hue.
    case contrast
    /// Brighter or darker light tones, -100 to 100. White stays.
    case highlights
    /// Brighter or darker dark tones, -100 to 100. Black stays.
    case shadows
    /// -100 (none) to 100 (double). Every colour keeps its lightness.
    case saturation
    /// 0 to 100: how far fine detail is raised. Its fineness is a share of the picture's size.
    case sharpen

    /// The amounts that it takes.
    public var range: ClosedRange<Amount> {
        let (least, most) =
            switch self {
            case .straighten: (-45, 45)
            case .exposure: (-5, 5)
            case .temperature, .tint, .contrast, .highlights, .shadows, .saturation: (-100, 100)
            case .sharpen: (0, 100)
            }
        return Amount(thousandths: least * 1000)...Amount(thousandths: most * 1000)
    }

    /// Refuses an amount that is out of range.
    func check(_ amount: Amount) throws(Recipe.Refusal) {
        guard range.contains(amount) else {
            throw Recipe.Refusal("\(rawValue) \(amount) is not between \(range.lowerBound) and \(range.upperBound)")
        }
    }
}
