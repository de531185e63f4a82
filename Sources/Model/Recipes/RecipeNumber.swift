/// A decimal number of JSON, taken apart by its digits, so that it never becomes a binary fraction.
struct RecipeNumber: Hashable, Sendable {
    private var isNegative = false
    private var whole = 0
    /// Without the zeros at its end.
    private var decimals: [UInt8] = []

    /// - Throws: `Recipe.Refusal` for what is not `-?digits(.digits)?`, with at most seven digits before the point and
    ///   nine behind.
    init(_ text: some Collection<UInt8>) throws(Recipe.Refusal) {
        var rest = Array(text)[...]
        if rest.first == UInt8(ascii: "-") {
            isNegative = true
            rest = rest.dropFirst()
        }
        let digits = rest.prefix(while: Self.isDigit)
        rest = rest.dropFirst(digits.count)
        guard !digits.isEmpty, digits.count == 1 || digits.first != UInt8(ascii: "0") else {
            throw Recipe.Refusal("it has a number that is none")
        }
        guard digits.count <= 7 else { throw Recipe.Refusal("it has a number of more than seven digits") }
        whole = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        if rest.first == UInt8(ascii: ".") {
            decimals = Array(rest.dropFirst().prefix(while: Self.isDigit))
            rest = rest.dropFirst(1 + decimals.count)
            guard (1...9).contains(decimals.count) else {
                throw Recipe.Refusal("it has a number with no digit, or more than nine, behind the point")
            }
            while decimals.last == 0x30 { decimals.removeLast() }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            throw Recipe.Refusal("it has a number with an exponent; write it out")
        }
        guard rest.isEmpty else { throw Recipe.Refusal("it has a number that is none") }
    }

    /// How many units of 10^-places it is.
    func scaled(by places: Int, _ name: String) throws(Recipe.Refusal) -> Int {
        guard decimals.count <= places else {
            throw Recipe.Refusal("\(name) has more than \(places) decimals")
        }
        let digits = decimals + [UInt8](repeating: 0x30, count: places - decimals.count)
        let magnitude = digits.reduce(whole) { $0 * 10 + Int($1 - 0x30) }
        return isNegative ? -magnitude : magnitude
    }

    /// The shortest decimal form of `count` units of 10^-decimals.
    static func text(_ count: Int, decimals: Int) -> String {
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let (whole, rest) = count.magnitude.quotientAndRemainder(dividingBy: UInt(scale))
        var text = (count < 0 ? "-" : "") + String(whole)
        guard rest > 0 else { return text }
        var digits = String(rest)
        digits = String(repeating: "0", count: decimals - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        text += "." + digits
        return text
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
