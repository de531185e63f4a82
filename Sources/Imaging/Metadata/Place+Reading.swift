import Model

/// Places as files write them.
extension Place {
    /// EXIF's: three fractions each, degrees, minutes and seconds, and a letter for the direction (EXIF 2.3, 4.6.6).
    init?(
        latitude: [Double]?, _ north: ArraySlice<UInt8>?, longitude: [Double]?, _ east: ArraySlice<UInt8>?
    ) {
        guard let latitude = Self.degrees(latitude, north?.first, "N", "S"),
            let longitude = Self.degrees(longitude, east?.first, "E", "W")
        else { return nil }
        self.init(latitude: latitude, longitude: longitude)
    }

    /// ISO 6709's, as films have it: `+48.1370+011.5750+519.000/`. What follows the longitude is passed over.
    init?(iso6709 text: some Collection<UInt8>) {
        var rest = Array(text.prefix(64))[...]
        guard let latitude = Self.signed(&rest, whole: 2), let longitude = Self.signed(&rest, whole: 3) else {
            return nil
        }
        self.init(latitude: latitude, longitude: longitude)
    }

    /// XMP's: `48,8.22N`, or `48,8,13.2N` (ISO 16684-2, GPSCoordinate).
    init?(xmpLatitude latitude: String?, longitude: String?) {
        func degrees(_ text: String?, _ plus: Unicode.Scalar, _ minus: Unicode.Scalar) -> Double? {
            guard let bytes = text.map({ Array($0.utf8) }) else { return nil }
            let numbers = bytes.dropLast().split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                .map(Self.number)
            guard (2...3).contains(numbers.count), numbers.allSatisfy({ $0 != nil }) else { return nil }
            return Self.degrees(numbers.compactMap { $0 }, bytes.last, plus, minus)
        }
        guard let latitude = degrees(latitude, "N", "S"), let longitude = degrees(longitude, "E", "W") else {
            return nil
        }
        self.init(latitude: latitude, longitude: longitude)
    }

    /// Degrees, minutes and seconds with a direction; nil where a part is missing, or what it cannot be.
    private static func degrees(
        _ parts: [Double]?, _ letter: UInt8?, _ plus: Unicode.Scalar, _ minus: Unicode.Scalar
    ) -> Double? {
        guard let parts, let letter, (1...3).contains(parts.count) else { return nil }
        let isMinus = letter | 0x20 == UInt8(ascii: minus) | 0x20
        guard isMinus || letter | 0x20 == UInt8(ascii: plus) | 0x20, (0...180).contains(parts[0]),
            // 60 is what a program's rounding makes of 59.999.
            parts.dropFirst().allSatisfy({ (0...60).contains($0) })
        else { return nil }
        let degrees = zip(parts, [1.0, 60, 3_600]).reduce(0) { $0 + $1.0 / $1.1 }
        return isMinus ? -degrees : degrees
    }

    /// A number of ISO 6709, which is taken off: degrees of so many digits, with minutes and seconds where there are more.
    private static func signed(_ text: inout ArraySlice<UInt8>, whole: Int) -> Double? {
        guard let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        let digits = text.dropFirst().prefix { (0x30...0x39).contains($0) }
        let word = text.dropFirst().prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        text = text.dropFirst(1 + word.count)
        guard [whole, whole + 2, whole + 4].contains(digits.count) else { return nil }
        // The last part has the fraction.
        var parts: [Double] = []
        var place = word.startIndex
        for count in [whole] + [Int](repeating: 2, count: (digits.count - whole) / 2) {
            let isLast = place + count == digits.endIndex
            guard let number = number(word[place..<(isLast ? word.endIndex : place + count)]) else { return nil }
            parts.append(number)
            place += count
        }
        return degrees(parts, sign, "+", "-")
    }

    /// Digits with a point among them or without.
    private static func number(_ text: ArraySlice<UInt8>) -> Double? {
        guard text.count <= 32, let first = text.first, (0x30...0x39).contains(first),
            text.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") })
        else { return nil }
        return Double(String(decoding: text, as: UTF8.self))
    }
}
