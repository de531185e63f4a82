/// A word as it is written in YAML.
enum SettingsWord {
    /// Plain where nobody could take it for anything else, and in quotes otherwise.
    static func yaml(_ word: String) -> String { isPlain(word) ? word : quoted(word) }

    /// The value of a key: one word, or a list in brackets.
    static func yaml(_ words: [String], of key: Setting.Key) -> String {
        key.isList ? "[" + words.map(yaml).joined(separator: ", ") + "]" : yaml(words.first ?? "")
    }

    private static func isPlain(_ word: String) -> Bool {
        guard let first = word.unicodeScalars.first, let last = word.unicodeScalars.last, last != " " else {
            return false
        }
        let begins = first.properties.isAlphabetic || isDigit(first) || first == "/" || word.hasPrefix("~/")
        return begins
            && word.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || isDigit($0) || " _./+-~".unicodeScalars.contains($0)
            }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func quoted(_ word: String) -> String {
        var text = "\""
        for scalar in word.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\" + String(scalar)
            // YAML's own ends of lines, and what no terminal shows.
            case _ where scalar.properties.generalCategory == .control, "\u{2028}", "\u{2029}":
                let hex = String(scalar.value, radix: 16, uppercase: true)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
