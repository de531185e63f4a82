import Model

/// A name of any bytes, made printable.
enum EscapedName {
    /// Valid UTF-8 stays, but for control characters; everything else is written `\xNN`.
    static func text(_ name: [UInt8]) -> String {
        var text = ""
        var rest = name[...]
        while !rest.isEmpty {
            // The longest sequence first: one of UTF-8 has at most four bytes.
            let length = (1...4).reversed().first { count in
                guard rest.count >= count, let character = String(validating: rest.prefix(count), as: UTF8.self),
                    character.unicodeScalars.count == 1, let scalar = character.unicodeScalars.first
                else { return false }
                return scalar.properties.generalCategory != .control
            }
            text +=
                length.map { String(decoding: rest.prefix($0), as: UTF8.self) } ?? "\\x" + Hex.encode(rest.prefix(1))
            rest = rest.dropFirst(length ?? 1)
        }
        return text
    }
}
