/// How many columns of a terminal a text takes, and fitting it into some.
extension Character {
    /// Columns: 2 for East Asian wide characters and emoji, 0 for what only marks another, else 1.
    var columns: Int {
        if unicodeScalars.contains(where: { $0 == "\u{FE0F}" }) { return 2 }
        // Halfwidth voiced marks count as parts of the character before them, but stand beside it.
        let beside = unicodeScalars.dropFirst().count { $0 == "\u{FF9E}" || $0 == "\u{FF9F}" }
        return (unicodeScalars.map(\.columns).max() ?? 0) + beside
    }
}

extension Unicode.Scalar {
    /// Blocks whose characters are Wide or Fullwidth in Unicode's EastAsianWidth.txt.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x17000...0x18CFF, 0x1B000...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD,
    ]

    fileprivate var columns: Int {
        if isASCII { return value < 0x20 || value == 0x7F ? 0 : 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if properties.isEmojiPresentation { return 2 }
        return Self.wide.contains { $0.contains(value) } ? 2 : 1
    }

    /// What may not reach a terminal: it would move the cursor, hide what follows, or turn its direction.
    fileprivate var isUnprintable: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        // U+200D joins emoji; the other format characters are invisible or turn the direction of writing.
        case .format: value != 0x200D
        default: false
        }
    }
}

extension String {
    /// Columns that the text takes in one line.
    var columns: Int { reduce(0) { $0 + $1.columns } }

    /// The text with nothing in it that a terminal would obey: C0 characters as their pictures, others as U+FFFD.
    var printable: String {
        guard unicodeScalars.contains(where: \.isUnprintable) else { return self }
        var clean = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar.value {
            case 0..<0x20: clean.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
            case 0x7F: clean.append("\u{2421}")
            default: clean.append(scalar.isUnprintable ? "\u{FFFD}" : scalar)
            }
        }
        return String(clean)
    }

    /// At most `limit` columns: the middle makes room for `…`, so that both the folder and the ending stay.
    func shortened(to limit: Int) -> String {
        guard columns > limit else { return self }
        guard limit > 1 else { return limit == 1 ? "…" : "" }
        let front = Self.fitting(self, (limit - 1) / 2)
        let back = Self.fitting(reversed(), limit - 1 - front.reduce(0) { $0 + $1.columns })
        return String(front) + "…" + String(back.reversed())
    }

    /// At most `limit` columns: words at the end make room for `…`. Only a first word that is longer is shortened itself.
    func clipped(to limit: Int) -> String {
        guard columns > limit else { return self }
        let line = wrapped(to: max(1, limit - 2))[0]
        let first = split(separator: " ", maxSplits: 1).first.map(String.init) ?? ""
        return line.columns < first.columns ? first.shortened(to: limit) : line + " …"
    }

    private static func fitting(_ characters: some Sequence<Character>, _ limit: Int) -> [Character] {
        var room = limit
        return characters.prefix { character in
            room -= character.columns
            return room >= 0
        }
    }

    /// Filled up with spaces to `width` columns.
    func padded(to width: Int, rightAligned: Bool = false) -> String {
        let space = String(repeating: " ", count: max(0, width - columns))
        return rightAligned ? space + self : self + space
    }

    /// Cut into lines of at most `width` columns at spaces; a longer word is shortened in its middle.
    func wrappedWhole(to width: Int) -> [String] {
        split(separator: " ").map { String($0).shortened(to: width) }.joined(separator: " ").wrapped(to: width)
    }

    /// Cut into lines of at most `width` columns at spaces; a longer word is broken.
    func wrapped(to width: Int) -> [String] {
        var lines = [""]
        for word in split(separator: " ", omittingEmptySubsequences: true) {
            var word = String(word)
            let joined = lines[lines.count - 1].isEmpty ? word : lines[lines.count - 1] + " " + word
            if joined.columns <= width {
                lines[lines.count - 1] = joined
                continue
            }
            while word.columns > width, width > 1 {
                let piece = String(Self.fitting(word, width))
                if lines[lines.count - 1].isEmpty { lines[lines.count - 1] = piece } else { lines.append(piece) }
                word = String(word.dropFirst(piece.count))
            }
            if lines[lines.count - 1].isEmpty { lines[lines.count - 1] = word } else { lines.append(word) }
        }
        return lines
    }
}
