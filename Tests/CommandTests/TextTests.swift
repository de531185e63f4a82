import Foundation
import Testing

@testable import Console

@Suite("Text fits the terminal and never steers it")
struct TextTests {
    @Test(
        "display width",
        arguments: [
            ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("写真", 4), ("ｶﾅ", 2), ("한글", 4), ("🏖️", 2), ("👨‍👩‍👧", 2),
            ("🇯🇵", 2),
            ("☀", 1), ("☀\u{FE0F}", 2), ("ﾊﾟ", 2), ("Ａ", 2), ("a\u{200B}b", 2),
        ])
    func width(text: String, columns: Int) {
        #expect(text.columns == columns)
    }

    @Test(
        "shortening keeps both ends and never exceeds the limit",
        arguments: [
            ("IMG_0001.JPG", 12, "IMG_0001.JPG"), ("IMG_0001.JPG", 9, "IMG_….JPG"), ("2026年の夏休み.JPG", 10, "2026….JPG"),
            ("写真写真写真", 6, "写…真"), ("abc", 1, "…"), ("abc", 0, ""), ("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 5, "👨‍👩‍👧…👨‍👩‍👧"),
        ])
    func shortened(text: String, limit: Int, expected: String) {
        #expect(text.shortened(to: limit) == expected)
        #expect(text.shortened(to: limit).columns <= limit)
    }

    @Test(
        "control characters become visible and direction marks harmless",
        arguments: [
            ("a\u{1B}[31mb", "a␛[31mb"), ("a\nb\r", "a␊b␍"), ("\u{7F}", "␡"), ("\u{9B}31m", "\u{FFFD}31m"),
            ("a\u{202E}gpj", "a\u{FFFD}gpj"), ("a\u{2028}b", "a\u{FFFD}b"), ("👨‍👩‍👧 写真 é", "👨‍👩‍👧 写真 é"),
        ])
    func printable(text: String, expected: String) {
        #expect(text.printable.unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test(
        "wrapping",
        arguments: [
            ("aa bb cc", 5, ["aa bb", "cc"]), ("abcdefgh ij", 4, ["abcd", "efgh", "ij"]), ("写真 写真", 4, ["写真", "写真"]),
            ("", 4, [""]),
        ])
    func wrapped(text: String, width: Int, lines: [String]) {
        #expect(text.wrapped(to: width) == lines)
    }

    @Test(
        "sizes",
        arguments: [
            (Int64(0), "0 B"), (999, "999 B"), (1000, "1.0 kB"), (3_249_000, "3.2 MB"), (412_345, "412 kB"),
            (99_949, "99.9 kB"),
            (99_960, "100 kB"), (999_600, "1.0 MB"), (31_200_000_000, "31.2 GB"), (2_500_000_000_000_000, "2.5 PB"),
        ])
    func bytes(count: Int64, text: String) { #expect(Quantity.bytes(count) == text) }

    @Test("counts", arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-1000, "-1,000")])
    func counts(value: Int, text: String) { #expect(Quantity.count(value) == text) }

    @Test(
        "spans of time",
        arguments: [
            (0.0, "0 s"), (0.031, "31 ms"), (0.42, "0.4 s"), (3.0, "3 s"), (45.0, "45 s"), (59.6, "1 min"),
            (200.0, "3 min 20 s"),
            (7500.0, "2 h 5 min"),
            (273_600.0, "3 d 4 h"), (-1.0, "?"), (Double.infinity, "?"),
        ])
    func spans(seconds: Double, text: String) { #expect(Quantity.span(seconds) == text) }

    @Test(
        "times ago",
        arguments: [
            (0.0, "now"), (-5.0, "now"), (12.0, "12 s ago"), (150.0, "2 min ago"), (10_800.0, "3 h ago"),
            (345_600.0, "4 d ago"), (8_640_000.0, "2026-08-14"),
        ])
    func ago(seconds: Double, text: String) {
        let now = Date(timeIntervalSince1970: 1_795_359_845)
        #expect(Quantity.ago(now - seconds, now: now) == text)
    }

    @Test("all but done is not 100%")
    func percent() {
        #expect(Quantity.percent(999, of: 1000) == "99%")
        #expect(Quantity.percent(1000, of: 1000) == "100%")
        #expect(Quantity.percent(0, of: 0) == nil)
    }
}
