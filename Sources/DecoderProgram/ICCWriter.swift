/// Makes ICC profiles of three colours and the curve of sRGB (ICC.1:2010).
package enum ICCWriter {
    /// - Parameters:
    ///   - red: in CIE XYZ, adapted to D50; so are the others.
    package static func profile(_ name: String, red: [Double], green: [Double], blue: [Double]) -> [UInt8] {
        let curve =
            text("para") + number(0, 4) + number(3, 2) + number(0, 2)
            + [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045].flatMap(fixed)
        let tags: [(String, [UInt8])] = [
            ("desc", localized(name)), ("cprt", localized("No copyright")), ("wtpt", colour([0.9642, 1, 0.8249])),
            ("rXYZ", colour(red)), ("gXYZ", colour(green)), ("bXYZ", colour(blue)), ("rTRC", curve), ("gTRC", curve),
            ("bTRC", curve),
        ]
        var (table, data) = (number(tags.count, 4), [UInt8]())
        let start = 128 + 4 + 12 * tags.count
        for (tag, content) in tags {
            table += text(tag) + number(start + data.count, 4) + number(content.count, 4)
            data += content + [UInt8](repeating: 0, count: (4 - content.count % 4) % 4)
        }
        var head = number(start + data.count, 4) + number(0, 4) + number(0x0430_0000, 4)
        head += text("mntr") + text("RGB ") + text("XYZ ")
        // The day of the first one; the same picture gives the same bytes.
        for part in [2026, 1, 1, 0, 0, 0] { head += number(part, 2) }
        head += text("acsp") + [UInt8](repeating: 0, count: 28) + [0.9642, 1, 0.8249].flatMap(fixed)
        return head + [UInt8](repeating: 0, count: 128 - head.count) + table + data
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func number(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * (size - 1 - $0))) }
    }

    /// s15Fixed16Number
    private static func fixed(_ value: Double) -> [UInt8] { number(Int((value * 65_536).rounded()), 4) }

    private static func colour(_ xyz: [Double]) -> [UInt8] { text("XYZ ") + number(0, 4) + xyz.flatMap(fixed) }

    /// multiLocalizedUnicodeType with one text
    private static func localized(_ words: String) -> [UInt8] {
        let units = words.utf16.flatMap { number(Int($0), 2) }
        return text("mluc") + number(0, 4) + number(1, 4) + number(12, 4) + text("enUS") + number(units.count, 4)
            + number(28, 4) + units
    }
}
