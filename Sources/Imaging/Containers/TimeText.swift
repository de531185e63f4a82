import Model

/// Points in time as texts that people and programs write beside a picture.
enum TimeText {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// The time of the clock by which the text is written, with its zone where it says one.
    ///
    /// Reads EXIF's form and ISO 8601 (`2026-05-17T18:30:00+02:00`), and forms with the month's name: RFC 1123
    /// (`Sun, 17 May 2026 18:30:00 +0200`) and that of C (`Sun May 17 18:30:00 2026`).
    static func time(_ text: some Collection<UInt8>) -> CaptureTime? {
        let text = Array(text.prefix(64))
        if let seconds = ExifDate.seconds(text) {
            // Fractions of a second may come first.
            let zone = text.dropFirst(19).drop { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
            return CaptureTime(seconds, ClockZone(zone))
        }
        var zone: ClockZone?
        var (year, month, day, time): (Int?, Int?, Int?, ArraySlice<UInt8>?) = (nil, nil, nil, nil)
        for word in text.split(whereSeparator: { $0 <= 0x20 || $0 == UInt8(ascii: ",") }) {
            let letters = String(decoding: word, as: UTF8.self).lowercased()
            if word.contains(UInt8(ascii: ":")) {
                time = time ?? word
            } else if let number = Int(letters), word.allSatisfy({ (0x30...0x39).contains($0) }) {
                if word.count == 4 { year = year ?? number } else { day = day ?? number }
            } else if let said = ClockZone(word) ?? (["gmt", "ut", "utc"].contains(letters) ? .utc : nil) {
                zone = zone ?? said
            } else {
                month = month ?? months.firstIndex(of: String(letters.prefix(3))).map { $0 + 1 }
            }
        }
        guard let year, let month, let day, let time, time.count >= 8, day < 100 else { return nil }
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return ExifDate.seconds(Array("\(year):\(two(month)):\(two(day)) ".utf8) + time.prefix(8))
            .map { CaptureTime($0, zone) }
    }
}

extension CaptureFacts {
    /// What an XMP packet says.
    init(xmp packet: [UInt8]) {
        func text(_ name: String) -> String? { XMPProperties.value(of: Array(name.utf8), in: packet[...]) }
        func words(_ name: String) -> ArraySlice<UInt8>? { text(name).map { Array($0.utf8)[...] } }
        self.init(
            time: ["exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate"].lazy.compactMap { name in
                text(name).map { Array($0.utf8) }.flatMap { text in
                    ExifDate.seconds(text) == nil ? nil : TimeText.time(text)
                }
            }.first,
            camera: CameraName.text(make: words("tiff:Make"), model: words("tiff:Model")),
            place: Place(xmpLatitude: text("exif:GPSLatitude"), longitude: text("exif:GPSLongitude")))
    }
}
