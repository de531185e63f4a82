/// The names of DNS-SD services: at most 63 bytes of text for people (RFC 6763, section 4.1.1).
enum ServiceName {
    /// Bytes in one DNS label.
    static let longest = 63

    /// The name to register: `name` without what no name may hold, and cut at a character's end.
    ///
    /// - Parameter attempt: from the second on, numbered as Avahi itself does when another host has the name.
    static func fitted(_ name: String, attempt: Int = 1) -> String {
        let suffix = attempt > 1 ? " #\(attempt)" : ""
        var stem = shown(name)
        while stem.utf8.count > longest - suffix.utf8.count { stem.removeLast() }
        return stem + suffix
    }

    /// A name off the network, harmless on a terminal: control characters, invisible ones and those that turn the
    /// direction of writing are left out, as is white space around it. Never empty.
    static func shown(_ name: String) -> String {
        let scalars = name.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            // The joiner holds together what is one emoji.
            case .format: scalar == "\u{200D}"
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
            default: true
            }
        }
        let text = String(String.UnicodeScalarView(scalars))
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "node" }
        return String(text[first...last])
    }
}
