import Foundation

/// Sizes, counts and times as people say them.
enum Quantity {
    /// `999 B`, `3.2 MB`, `412 kB`: powers of 1000, as disks and cameras count.
    static func bytes(_ count: Int64) -> String {
        guard abs(count) >= 1000 else { return "\(count) B" }
        var value = Double(count)
        var unit = ""
        for next in ["kB", "MB", "GB", "TB", "PB"] {
            value /= 1000
            unit = next
            // What rounds to 1000 is written in the next unit.
            if abs(value) < 999.5 { break }
        }
        return abs(value) < 99.95 ? "\(fixed(value, 1)) \(unit)" : "\(fixed(value, 0)) \(unit)"
    }

    /// `12,345`.
    static func count(_ value: Int) -> String {
        let digits = String(abs(value))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return value < 0 ? "-" + text : text
    }

    /// `1 image`, `2 images`.
    static func count(_ value: Int, _ noun: String, _ nouns: String? = nil) -> String {
        "\(count(value)) \(value == 1 ? noun : nouns ?? noun + "s")"
    }

    /// `31 ms`, `0.4 s`, `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
    static func span(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "?" }
        if seconds < 0.0995 { return seconds < 0.0005 ? "0 s" : "\(fixed(seconds * 1000, 0)) ms" }
        if seconds < 9.95, seconds != seconds.rounded() { return "\(fixed(seconds, 1)) s" }
        let whole = Int(min(seconds, 1e12).rounded())
        func pair(_ unit: Int, _ name: String, _ part: Int, _ partName: String) -> String {
            let rest = whole % unit / part
            return rest == 0 ? "\(whole / unit) \(name)" : "\(whole / unit) \(name) \(rest) \(partName)"
        }
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return pair(60, "min", 1, "s")
        case ..<86_400: return pair(3600, "h", 60, "min")
        default: return pair(86_400, "d", 3600, "h")
        }
    }

    /// How long a film lasts: `0:04`, `12:31`, `1:02:03`.
    static func length(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "?" }
        let whole = max(1, Int(min(seconds, 1e9).rounded()))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
    }

    /// `now`, `12 s ago`, `2 min ago`, `3 h ago`, `4 d ago`, then the date.
    static func ago(_ date: Date, now: Date) -> String {
        let seconds = Int(now.timeIntervalSince(date))
        switch seconds {
        case ..<5: return "now"
        case ..<60: return "\(seconds) s ago"
        case ..<3600: return "\(seconds / 60) min ago"
        case ..<172_800: return "\(seconds / 3600) h ago"
        case ..<(60 * 86_400): return "\(seconds / 86_400) d ago"
        default: return day(date)
        }
    }

    /// `in 5 min`, or `now` for a time that has come.
    static func until(_ date: Date, now: Date) -> String {
        let seconds = date.timeIntervalSince(now)
        return seconds < 1 ? "now" : "in \(span(seconds.rounded()))"
    }

    /// `2026-05-01`, in UTC.
    static func day(_ date: Date) -> String { String(date.formatted(.iso8601).prefix(10)) }

    /// `62%`; nil where there is nothing to be a part of.
    static func percent(_ part: Double, of whole: Double) -> String? {
        guard whole > 0 else { return nil }
        // All but done is not done.
        return "\(part >= whole ? 100 : min(99, Int(part / whole * 100)))%"
    }

    private static func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
