/// A decimal number of thousandths, exact: what recipes are written in.
public struct Amount: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// How many thousandths.
    public let thousandths: Int

    /// Nothing.
    public static let zero = Amount(thousandths: 0)

    public init(thousandths: Int) { self.thousandths = thousandths }

    /// Reads a decimal number such as `0.5`, `-12` or `+1.125`: no exponent, no more than three decimals that are not
    /// zero, at most seven digits before the point. Nil for anything else.
    public init?(_ text: some StringProtocol) {
        var digits = Array(text.utf8)
        if digits.first == UInt8(ascii: "+") { digits.removeFirst() }
        guard let value = try? RecipeNumber(digits).scaled(by: 3, "") else { return nil }
        thousandths = value
    }

    /// The shortest decimal form: `-1.5`, `0`, `12`.
    public var description: String { RecipeNumber.text(thousandths, decimals: 3) }

    public static func < (a: Self, b: Self) -> Bool { a.thousandths < b.thousandths }
    public static prefix func - (a: Self) -> Self { Amount(thousandths: -a.thousandths) }
}
