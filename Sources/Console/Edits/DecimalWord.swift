/// Decimal numbers as people type them.
enum DecimalWord {
    /// `text` as numbers are read: with a minus of ASCII, where a page that it was pasted from had another, and with a
    /// digit before the point.
    static func plain(_ text: String) -> String {
        var text = text.replacing("\u{2212}", with: "-")
        let digits = text.drop { "+-".contains($0) }
        if digits.hasPrefix(".") { text.insert("0", at: digits.startIndex) }
        return text
    }

    /// How many units of 10^-places the digits are, such as 3,333 for `33.33` in hundredths; nil for anything but
    /// `digits(.digits)`, and for more digits than count.
    static func units(_ text: some StringProtocol, places: Int) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty || parts.count == 2, parts.count == 1 || !parts[1].isEmpty,
            whole.utf8.count <= 7, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        var decimals = parts.count == 2 ? Array(parts[1].utf8) : []
        while decimals.last == 0x30 { decimals.removeLast() }
        guard decimals.count <= places else { return nil }
        decimals += [UInt8](repeating: 0x30, count: places - decimals.count)
        return (Array(whole.utf8) + decimals).reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
