/// How far a clock is ahead of UTC, in whole minutes.
public struct ClockZone: Hashable, Sendable {
    public let minutes: Int

    /// UTC itself.
    public static let utc = ClockZone(checked: 0)

    private init(checked minutes: Int) { self.minutes = minutes }

    /// Nil for what no clock has: zones lie between 12 hours behind UTC and 14 before it.
    public init?(minutes: Int) {
        guard (-12 * 60...14 * 60).contains(minutes) else { return nil }
        self.minutes = minutes
    }

    /// Reads `+02:00`, `+0200`, `+02` and `Z`, with blanks around; nil for anything else.
    public init?(_ text: some Collection<UInt8>) {
        let text = text.prefix(32).split(separator: 0x20)
        guard text.count == 1, let word = text.first.map({ Array($0) }) else { return nil }
        if word == [UInt8(ascii: "Z")] {
            self = .utc
            return
        }
        guard let sign = word.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        var digits = Array(word.dropFirst())
        if digits.count == 5, digits[2] == UInt8(ascii: ":") { digits.remove(at: 2) }
        guard digits.count == 2 || digits.count == 4, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        let numbers = digits.map { Int($0 - 0x30) } + [0, 0]
        let (hours, minutes) = (numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3])
        guard minutes < 60 else { return nil }
        self.init(minutes: (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1))
    }
}

extension ClockZone: CustomStringConvertible {
    /// `+02:00`.
    public var description: String {
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return (minutes < 0 ? "-" : "+") + two(abs(minutes) / 60) + ":" + two(abs(minutes) % 60)
    }
}

extension ClockZone: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let zone = ClockZone(try container.decode(String.self).utf8) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no zone of a clock")
        }
        self = zone
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
