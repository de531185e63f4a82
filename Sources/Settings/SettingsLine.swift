/// A line of a settings file, in bytes: everything that YAML's own signs are made of is ASCII.
struct SettingsLine {
    var bytes: [UInt8]
    /// What ends it: LF, CR LF, or nothing at the end of the file.
    var end: [UInt8]

    /// The lines of a text; one more at its end where that is not a line's end.
    static func lines(of text: String) -> [SettingsLine] {
        var lines: [SettingsLine] = []
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            guard byte == UInt8(ascii: "\n") else {
                bytes.append(byte)
                continue
            }
            let isDOS = bytes.last == UInt8(ascii: "\r")
            if isDOS { bytes.removeLast() }
            lines.append(SettingsLine(bytes: bytes, end: isDOS ? Array("\r\n".utf8) : [byte]))
            bytes = []
        }
        if !bytes.isEmpty { lines.append(SettingsLine(bytes: bytes, end: [])) }
        return lines
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The bytes before its first one that is no space.
    var indentation: [UInt8] { Array(bytes.prefix { $0 == UInt8(ascii: " ") }) }

    /// The place of a character, as YAML counts columns from 1.
    func place(ofColumn column: Int) -> Int? {
        let scalars = text.unicodeScalars
        guard column >= 1, column - 1 <= scalars.count else { return nil }
        return scalars.prefix(column - 1).reduce(0) { $0 + UTF8.width($1) }
    }

    /// Where the value that begins at `start` ends, if that is surely on this line.
    ///
    /// - Parameter inside: whether it stands between brackets.
    func end(ofValueAt start: Int, inside: Bool = false) -> Int? {
        guard start < bytes.count else { return nil }
        switch bytes[start] {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return end(ofQuoteAt: start)
        case UInt8(ascii: "["), UInt8(ascii: "{"): return end(ofBracketsAt: start)
        case let first where "&*!|>%@`#".utf8.contains(first): return nil
        default: break
        }
        var place = start
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "#"), place > start, isSpace(place - 1) { break }
            if inside, ",[]{}".utf8.contains(byte) { break }
            place += 1
        }
        while place > start, isSpace(place - 1) { place -= 1 }
        return place > start ? place : nil
    }

    private func isSpace(_ place: Int) -> Bool {
        bytes[place] == UInt8(ascii: " ") || bytes[place] == UInt8(ascii: "\t")
    }

    private func end(ofQuoteAt start: Int) -> Int? {
        let quote = bytes[start]
        var place = start + 1
        while place < bytes.count {
            if bytes[place] == quote {
                // Two single quotes are one.
                guard quote == UInt8(ascii: "'"), place + 1 < bytes.count, bytes[place + 1] == quote else {
                    return place + 1
                }
                place += 1
            } else if quote == UInt8(ascii: "\""), bytes[place] == UInt8(ascii: "\\") {
                place += 1
            }
            place += 1
        }
        return nil
    }

    private func end(ofBracketsAt start: Int) -> Int? {
        var depth = 0
        var place = start
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return place + 1 }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                // Within a plain word it is a letter; there the comparison of what comes out decides.
                guard let end = end(ofQuoteAt: place) else { return nil }
                place = end - 1
            case UInt8(ascii: "#"):
                if isSpace(place - 1) { return nil }
            default: break
            }
            place += 1
        }
        return nil
    }
}
