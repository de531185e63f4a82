/// Reads as much of XML 1.0 as XMP needs, of bytes that anybody may have made.
///
/// There is no document type, and so no entity but the five that need none: nothing can grow, and nothing is read from
/// elsewhere. What is not well-formed, not UTF-8 or over a limit is no document at all. The time that it takes is
/// proportional to the bytes.
struct XMLParser {
    /// Bytes of a document: those of a JPEG's segment.
    static let mostBytes = 65_533
    /// Elements within each other. Faces, the deepest that is looked for, are at ten.
    static let deepest = 24
    /// Elements and attributes together.
    private static let mostParts = 10_000
    /// Namespaces that an element can see. Each that declares one copies them all; programs declare about thirty.
    private static let mostNamespaces = 100
    /// Bytes of a name.
    private static let longestName = 128
    /// Bytes of a namespace, which is hashed with each name that is in it. Known ones have about fifty.
    private static let longestNamespace = 256

    private let bytes: [UInt8]
    private var at = 0
    private var parts = 0

    /// The document's element; nil when the bytes are no such document.
    static func root(of bytes: [UInt8]) -> XMLElement? {
        guard bytes.count <= mostBytes else { return nil }
        var parser = XMLParser(bytes: bytes)
        while parser.skip(to: "<") {
            if parser.take("?") {
                guard parser.skip(to: "?>") else { return nil }
            } else if parser.take("!--") {
                guard parser.skip(to: "-->") else { return nil }
            } else {
                return parser.element(in: ["xml": "http://www.w3.org/XML/1998/namespace"], depth: 0)
            }
        }
        return nil
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// An element, behind its first `<`.
    private mutating func element(in outer: [String: String], depth: Int) -> XMLElement? {
        guard depth < Self.deepest, count(), let tag = word() else { return nil }
        var scope = outer
        var raw: [(name: String, value: String)] = []
        var isEmpty = false
        while true {
            skipSpaces()
            if take("/>") {
                isEmpty = true
                break
            }
            if take(">") { break }
            guard count(), let name = word(), let value = attributeValue() else { return nil }
            if name == "xmlns" || name.hasPrefix("xmlns:") {
                guard value.utf8.count <= Self.longestNamespace else { return nil }
                scope[String(name.dropFirst(6))] = value
            } else {
                raw.append((name, value))
            }
        }
        guard scope.count <= Self.mostNamespaces, let name = Self.resolve(tag, scope, isAttribute: false) else {
            return nil
        }
        var element = XMLElement(name: name)
        for (name, value) in raw {
            guard let name = Self.resolve(name, scope, isAttribute: true) else { return nil }
            element.attributes[name] = value
        }
        return isEmpty ? element : content(of: element, tag, in: scope, depth)
    }

    private mutating func content(
        of start: XMLElement, _ tag: String, in scope: [String: String], _ depth: Int
    ) -> XMLElement? {
        var element = start
        while true {
            let from = at
            guard skip(to: "<"), let text = Self.decoded(bytes[from..<at - 1]) else { return nil }
            element.text += text
            if take("/") {
                guard word() == tag else { return nil }
                skipSpaces()
                return take(">") ? element : nil
            } else if take("!--") {
                guard skip(to: "-->") else { return nil }
            } else if take("![CDATA[") {
                let from = at
                guard skip(to: "]]>"), let text = String(validating: bytes[from..<at - 3], as: UTF8.self) else {
                    return nil
                }
                element.text += text
            } else if take("?") {
                guard skip(to: "?>") else { return nil }
            } else {
                guard let child = self.element(in: scope, depth: depth + 1) else { return nil }
                element.children.append(child)
            }
        }
    }

    /// Whether one more element or attribute is within the limit.
    private mutating func count() -> Bool {
        parts += 1
        return parts <= Self.mostParts
    }

    private static func resolve(_ name: String, _ scope: [String: String], isAttribute: Bool) -> XMLElement.Name? {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return .init(namespace: isAttribute ? "" : scope[""] ?? "", local: name)
        case 2: return scope[String(parts[0])].map { .init(namespace: $0, local: String(parts[1])) }
        default: return nil
        }
    }

    private mutating func attributeValue() -> String? {
        skipSpaces()
        guard take("=") else { return nil }
        skipSpaces()
        guard at < bytes.count else { return nil }
        let quote = bytes[at]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        at += 1
        guard let end = bytes[at...].firstIndex(of: quote) else { return nil }
        defer { at = end + 1 }
        return Self.decoded(bytes[at..<end])
    }

    /// A name: everything up to what ends one.
    private mutating func word() -> String? {
        let name = bytes[at...].prefix(Self.longestName + 1).prefix { byte in
            byte > 0x20 && !"<>/=\"'&".utf8.contains(byte)
        }
        guard !name.isEmpty, name.count <= Self.longestName else { return nil }
        at += name.count
        return String(validating: name, as: UTF8.self)
    }

    private mutating func skipSpaces() {
        while at < bytes.count, bytes[at] == 0x20 || (0x09...0x0D).contains(bytes[at]) { at += 1 }
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - at >= count, text.withUTF8Buffer({ bytes[at..<at + count].elementsEqual($0) }) else {
            return false
        }
        at += count
        return true
    }

    /// Goes behind the next `text`.
    private mutating func skip(to text: StaticString) -> Bool {
        let first = text.withUTF8Buffer { $0[0] }
        while let place = bytes[at...].firstIndex(of: first) {
            at = place
            if take(text) { return true }
            at += 1
        }
        return false
    }

    /// The characters with the entities replaced; nil for an entity that is not known, and for what is no UTF-8.
    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var result = ""
        var rest = bytes
        while let start = rest.firstIndex(of: UInt8(ascii: "&")) {
            let entity = rest[(start + 1)...].prefix(10)
            guard let before = String(validating: rest[..<start], as: UTF8.self),
                let end = entity.firstIndex(of: UInt8(ascii: ";")),
                let character = character(String(decoding: entity[..<end], as: UTF8.self))
            else { return nil }
            result += before
            result.unicodeScalars.append(character)
            rest = rest[(end + 1)...]
        }
        return String(validating: rest, as: UTF8.self).map { result + $0 }
    }

    private static func character(_ entity: String) -> Unicode.Scalar? {
        switch entity {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            if entity.hasPrefix("#x") { return UInt32(entity.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init) }
            return entity.hasPrefix("#") ? UInt32(entity.dropFirst(1)).flatMap(Unicode.Scalar.init) : nil
        }
    }
}
