/// People's words in the older form: the IPTC Information Interchange Model 4.2 within Photoshop's image resources.
enum IPTCWords {
    /// The datasets of record 2, and the properties of XMP that mean the same (IPTC Photo Metadata Standard).
    private static let datasets: [UInt8: (prefix: String, local: String)] = [
        5: ("dc", "title"), 25: ("dc", "subject"), 80: ("dc", "creator"), 90: ("photoshop", "City"),
        92: ("Iptc4xmpCore", "Location"), 95: ("photoshop", "State"), 100: ("Iptc4xmpCore", "CountryCode"),
        101: ("photoshop", "Country"), 105: ("photoshop", "Headline"), 116: ("dc", "rights"),
        120: ("dc", "description"),
    ]

    /// Reads the payload of an APP13 segment.
    static func read(_ payload: [UInt8]) -> [PictureWords.Property: [String]] {
        guard let block = resource(0x0404, in: payload) else { return [:] }
        var found: [PictureWords.Property: [String]] = [:]
        var isUTF8 = false
        var rest = block
        while rest.count >= 5, rest.first == 0x1C {
            let start = rest.startIndex
            let (record, dataset) = (rest[start + 1], rest[start + 2])
            let length = Int(rest[start + 3]) << 8 | Int(rest[start + 4])
            // The highest bit is for lengths that no text has.
            guard length < 0x8000, rest.count >= 5 + length else { break }
            let value = rest[start + 5..<start + 5 + length]
            rest = rest[(start + 5 + length)...]
            if record == 1, dataset == 90 { isUTF8 = value.elementsEqual([0x1B, 0x25, 0x47]) }
            guard record == 2, let (prefix, local) = datasets[dataset],
                let property = PictureWords.properties.first(where: { $0.prefix == prefix && $0.local == local })
            else { continue }
            found[property, default: []].append(text(value, isUTF8: isUTF8))
        }
        return found
    }

    /// Text that does not say what it is, is UTF-8 where it can be, and otherwise Windows-1252, as most programs have it.
    private static func text(_ bytes: ArraySlice<UInt8>, isUTF8: Bool) -> String {
        if isUTF8 { return String(decoding: bytes, as: UTF8.self) }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = String.UnicodeScalarView()
        for byte in bytes {
            text.append((0x80..<0xA0).contains(byte) ? windows[Int(byte - 0x80)] : Unicode.Scalar(byte))
        }
        return String(text)
    }

    /// What Windows-1252 has in the place of Latin-1's control characters; the five that it does not use are a space.
    private static let windows = Array("€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ".unicodeScalars)

    /// An image resource of Photoshop's: `8BIM`, a number, a name of its length, and the data, each padded to even.
    private static func resource(_ wanted: Int, in payload: [UInt8]) -> ArraySlice<UInt8>? {
        let signature = Array("Photoshop 3.0\0".utf8)
        guard payload.starts(with: signature) else { return nil }
        var at = signature.count
        while at + 7 <= payload.count, payload[at..<at + 4].elementsEqual("8BIM".utf8) {
            let number = Int(payload[at + 4]) << 8 | Int(payload[at + 5])
            let name = Int(payload[at + 6])
            at += 6 + (name + 2) / 2 * 2
            guard at + 4 <= payload.count else { return nil }
            let length = payload[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            at += 4
            guard length <= payload.count - at else { return nil }
            if number == wanted { return payload[at..<at + length] }
            at += (length + 1) / 2 * 2
        }
        return nil
    }
}
