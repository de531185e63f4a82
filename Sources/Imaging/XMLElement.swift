/// An element of an XML document, read by a parser that knows as much of XML 1.0 as XMP needs: no document type and so
/// no entities but the five, and nothing from elsewhere.
struct XMLElement {
    /// A name in its namespace.
    struct Name: Hashable {
        var namespace: String
        var local: String
    }

    var name: Name
    var attributes: [Name: String] = [:]
    var children: [XMLElement] = []
    /// The characters directly in it.
    var text = ""

    /// The first child of that name.
    func child(_ name: Name) -> XMLElement? { children.first { $0.name == name } }
}

/// Reads a document of a bounded number of elements, not nested too deep. Whatever is not well-formed ends it.
struct XMLParser {
    private static let deepest = 24
    private static let mostElements = 8_000

    private let bytes: [UInt8]
    private var at = 0
    private var elements = 0

    /// The document's element; nil when the bytes are no such document.
    static func root(of bytes: [UInt8]) -> XMLElement? {
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
        elements += 1
        guard depth < Self.deepest, elements <= Self.mostElements, let tag = word() else { return nil }
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
            guard let name = word(), let value = attributeValue() else { return nil }
            if name == "xmlns" { scope[""] = value }
            if name.hasPrefix("xmlns:") { scope[String(name.dropFirst(6))] = value }
            raw.append((name, value))
        }
        guard let name = Self.resolve(tag, scope, isAttribute: false) else { return nil }
        var element = XMLElement(name: name)
        for (name, value) in raw where name != "xmlns" && !name.hasPrefix("xmlns:") {
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
                guard skip(to: "]]>") else { return nil }
                element.text += String(decoding: bytes[from..<at - 3], as: UTF8.self)
            } else if take("?") {
                guard skip(to: "?>") else { return nil }
            } else {
                guard let child = self.element(in: scope, depth: depth + 1) else { return nil }
                element.children.append(child)
            }
        }
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
        guard let quote = at < bytes.count ? bytes[at] : nil, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
        else { return nil }
        at += 1
        guard let end = bytes[at...].firstIndex(of: quote) else { return nil }
        defer { at = end + 1 }
        return Self.decoded(bytes[at..<end])
    }

    /// A name: everything up to what ends one.
    private mutating func word() -> String? {
        let rest = bytes[at...].prefix(128)
        let name = rest.prefix { $0 > 0x20 && !"<>/=\"'&".utf8.contains($0) }
        guard !name.isEmpty, name.count < 128 else { return nil }
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
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            guard let end = rest[start...].prefix(12).firstIndex(of: ";"),
                let character = character(rest[rest.index(after: start)..<end])
            else { return nil }
            result.unicodeScalars.append(character)
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func character(_ entity: Substring) -> Unicode.Scalar? {
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
