/// The form in which EXIF writes points in time: `2026:05:17 18:30:00`, of the camera's own clock.
enum ExifDate {
    /// Seconds since 1970-01-01 00:00:00 of the same clock; nil for what is no date, such as the zeros or blanks of a
    /// camera whose clock was never set.
    static func seconds(_ text: some Collection<UInt8>) -> Int64? {
        let text = Array(text.prefix(19))
        guard text.count == 19 else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            text[range].reduce(0) { sum, byte in
                (0x30...0x39).contains(byte) ? sum.map { $0 * 10 + Int(byte - 0x30) } : nil
            }
        }
        // Some programs write dashes, or a T between date and time, so separators are not looked at.
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            year >= 1, (1...12).contains(month), day >= 1, day <= daysInMonth(month, of: year),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        return Int64(days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
    }

    /// The text for a time; nil of a year that it has no room for.
    static func written(_ seconds: Int64) -> String? {
        // From 0001-01-01 to 9999-12-31.
        (-62_135_596_800..<253_402_300_800).contains(seconds) ? text(seconds) : nil
    }

    /// The text for a time of the years 1 to 9999.
    static func text(_ seconds: Int64) -> String {
        let day = Int(seconds.quotientAndRemainder(dividingBy: 86_400).quotient) - (seconds % 86_400 < 0 ? 1 : 0)
        let rest = Int(seconds) - day * 86_400
        var year = 1970 + day / 366
        while days(year + 1, 1, 1) <= day { year += 1 }
        while days(year, 1, 1) > day { year -= 1 }
        let month = (1...12).last { days(year, $0, 1) <= day } ?? 1
        func padded(_ number: Int, _ width: Int) -> String {
            String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
        }
        return padded(year, 4) + ":" + padded(month, 2) + ":" + padded(day - days(year, month, 1) + 1, 2) + " "
            + [rest / 3_600, rest / 60 % 60, rest % 60].map { padded($0, 2) }.joined(separator: ":")
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func daysInMonth(_ month: Int, of year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970-01-01 in the Gregorian calendar, of years from 1 on.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let before = year - 1
        let inYear = (1..<month).reduce(day - 1) { $0 + daysInMonth($1, of: year) }
        // 719,162 days lie between 0001-01-01 and 1970-01-01.
        return before * 365 + before / 4 - before / 100 + before / 400 + inYear - 719_162
    }
}
