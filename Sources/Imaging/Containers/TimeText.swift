/// Points in time as texts that people and programs write beside a picture.
enum TimeText {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// Seconds since 1970 of the clock and zone in which the text is written: what it says of its zone is passed over.
    ///
    /// Reads EXIF's form and ISO 8601 (`2026-05-17T18:30:00+02:00`), and forms with the month's name: RFC 1123
    /// (`Sun, 17 May 2026 18:30:00 +0200`) and that of C (`Sun May 17 18:30:00 2026`).
    static func seconds(_ text: some Collection<UInt8>) -> Int64? {
        if let seconds = ExifDate.seconds(text) { return seconds }
        var (year, month, day, time): (Int?, Int?, Int?, ArraySlice<UInt8>?) = (nil, nil, nil, nil)
        for word in Array(text.prefix(64)).split(whereSeparator: { $0 <= 0x20 || $0 == UInt8(ascii: ",") }) {
            let letters = String(decoding: word, as: UTF8.self).lowercased()
            if word.contains(UInt8(ascii: ":")) {
                time = time ?? word
            } else if let number = Int(letters), word.allSatisfy({ (0x30...0x39).contains($0) }) {
                if word.count == 4 { year = year ?? number } else { day = day ?? number }
            } else {
                month = month ?? months.firstIndex(of: String(letters.prefix(3))).map { $0 + 1 }
            }
        }
        guard let year, let month, let day, let time, time.count >= 8, day < 100 else { return nil }
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return ExifDate.seconds(Array("\(year):\(two(month)):\(two(day)) ".utf8) + time.prefix(8))
    }

    /// What an XMP packet says about when the picture was taken.
    static func seconds(xmp packet: [UInt8]) -> Int64? {
        ["exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate"].lazy.compactMap { name in
            XMPProperties.value(of: Array(name.utf8), in: packet[...]).flatMap { ExifDate.seconds($0.utf8) }
        }.first
    }
}
