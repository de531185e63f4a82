/// Writes the TIFF structure of EXIF: a main directory, and those that hang from it.
struct TIFFWriter {
    /// An entry whose value is in the byte order of the whole.
    struct Entry {
        var tag: UInt16
        var type: UInt16
        var count: Int
        var value: [UInt8]
    }

    let isLittleEndian: Bool
    /// Directory 0, without the links to the others.
    var main: [Entry] = []
    var exif: [Entry] = []
    var gps: [Entry] = []
    /// Hangs from the EXIF directory.
    var interoperability: [Entry] = []

    init(isLittleEndian: Bool) { self.isLittleEndian = isLittleEndian }

    /// An entry of one SHORT.
    func short(_ tag: UInt16, _ value: Int) -> Entry {
        Entry(tag: tag, type: 3, count: 1, value: number(value, size: 2))
    }

    /// An entry of one LONG.
    func long(_ tag: UInt16, _ value: Int) -> Entry {
        Entry(tag: tag, type: 4, count: 1, value: number(value, size: 4))
    }

    /// An entry of three RATIONALs: degrees in hundred-thousandths, no minutes and no seconds.
    func fractions(_ tag: UInt16, _ degrees: Double) -> Entry {
        let parts = [Int((degrees * 100_000).rounded()), 100_000, 0, 1, 0, 1]
        return Entry(tag: tag, type: 5, count: 3, value: parts.flatMap { number($0, size: 4) })
    }

    /// An entry of ASCII text, without its NUL.
    func ascii(_ tag: UInt16, _ text: String) -> Entry {
        let value = Array(text.utf8) + [0]
        return Entry(tag: tag, type: 2, count: value.count, value: value)
    }

    /// The block, header first. Directories that are empty are left out with the links to them.
    func bytes() -> [UInt8] {
        // Each directory is written after the one that links to it, whose length does not depend on the link's value.
        let exifPresent = !exif.isEmpty || !interoperability.isEmpty
        let mainLength = length(main, links: (exifPresent ? 1 : 0) + (gps.isEmpty ? 0 : 1))
        let exifLength = exifPresent ? length(exif, links: interoperability.isEmpty ? 0 : 1) : 0
        let exifStart = 8 + mainLength
        let gpsStart = exifStart + exifLength
        let interoperabilityStart = gpsStart + (gps.isEmpty ? 0 : length(gps, links: 0))

        var result: [UInt8] = isLittleEndian ? [0x49, 0x49, 42, 0] : [0x4D, 0x4D, 0, 42]
        result += number(8, size: 4)
        var main = main
        if exifPresent { main.append(long(TIFFTag.exifDirectory, exifStart)) }
        if !gps.isEmpty { main.append(long(TIFFTag.gpsDirectory, gpsStart)) }
        append(main, to: &result)
        if exifPresent {
            let link =
                interoperability.isEmpty
                ? [] : [long(TIFFTag.interoperabilityDirectory, interoperabilityStart)]
            append(exif + link, to: &result)
        }
        if !gps.isEmpty { append(gps, to: &result) }
        if !interoperability.isEmpty { append(interoperability, to: &result) }
        return result
    }

    private func length(_ entries: [Entry], links: Int) -> Int {
        entries.reduce(2 + 12 * (entries.count + links) + 4) { $0 + Self.outside($1.value.count) }
    }

    /// Bytes that a value takes outside of its entry. Values begin at even offsets.
    private static func outside(_ length: Int) -> Int { length <= 4 ? 0 : length + length % 2 }

    private func append(_ entries: [Entry], to result: inout [UInt8]) {
        let sorted = entries.sorted { $0.tag < $1.tag }
        var place = result.count + 2 + 12 * sorted.count + 4
        var values: [UInt8] = []
        result += number(sorted.count, size: 2)
        for entry in sorted {
            result += number(Int(entry.tag), size: 2) + number(Int(entry.type), size: 2) + number(entry.count, size: 4)
            if entry.value.count <= 4 {
                result += entry.value + [UInt8](repeating: 0, count: 4 - entry.value.count)
            } else {
                result += number(place, size: 4)
                values += entry.value
                if entry.value.count % 2 == 1 { values.append(0) }
                place += Self.outside(entry.value.count)
            }
        }
        // No next directory.
        result += number(0, size: 4) + values
    }

    private func number(_ value: Int, size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * (isLittleEndian ? $0 : size - 1 - $0))) }
    }
}
