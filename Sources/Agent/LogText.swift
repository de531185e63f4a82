import Foundation

/// Counts, sizes and times in lines of the log, in English whatever the machine's language is.
enum LogText {
    /// `1 main`, `2,100 mains`.
    static func count(_ value: Int, _ noun: String, _ nouns: String) -> String {
        var digits = String(value)
        var end = digits.count - 3
        while end > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: end))
            end -= 3
        }
        return "\(digits) \(value == 1 ? noun : nouns)"
    }

    /// `412 kB`, `8.1 GB`: powers of 1000.
    static func bytes(_ count: Int64) -> String {
        guard count >= 1000 else { return "\(count) B" }
        var value = Double(count)
        var unit = ""
        for next in ["kB", "MB", "GB", "TB"] {
            value /= 1000
            unit = next
            if value < 999.5 { break }
        }
        return String(format: value < 99.95 ? "%.1f " : "%.0f ", value) + unit
    }

    /// `0.4 s`, `45 s`, `3 min`, `2 h 5 min`.
    static func span(_ time: Duration) -> String {
        let seconds = time / .seconds(1)
        if seconds < 9.95 { return String(format: "%.1f s", seconds) }
        let minutes = Int((seconds / 60).rounded())
        if seconds < 59.5 { return String(format: "%.0f s", seconds) }
        return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }
}
