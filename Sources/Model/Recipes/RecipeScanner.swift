/// Reads the small part of JSON (RFC 8259) that recipes are written in: objects in one object, plain names, decimal
/// numbers, true and false.
///
/// A reader of its own, because the usual ones turn numbers into binary fractions, take the last of two equal names in
/// silence, and follow any depth.
struct RecipeScanner {
    /// A value.
    enum Value {
        case number(RecipeNumber)
        case flag(Bool)
        case text(String)
        case members([Member])
    }

    /// A name and its value.
    struct Member {
        var name: String
        var value: Value
    }

    private var rest: ArraySlice<UInt8>

    init(_ json: [UInt8]) { rest = json[...] }

    /// The members of the one object that the text is.
    mutating func document() throws(Recipe.Refusal) -> [Member] {
        skipSpace()
        let members = try object(isInner: false)
        skipSpace()
        guard rest.isEmpty else { throw Recipe.Refusal("something follows its JSON object") }
        return members
    }

    private mutating func object(isInner: Bool) throws(Recipe.Refusal) -> [Member] {
        guard take("{") else { throw Recipe.Refusal("it is not a JSON object") }
        var members: [Member] = []
        skipSpace()
        if take("}") { return members }
        repeat {
            skipSpace()
            let name = try text()
            guard !members.contains(where: { $0.name == name }) else {
                throw Recipe.Refusal("it says '\(name)' twice")
            }
            skipSpace()
            guard take(":") else { throw Recipe.Refusal("a value is missing behind '\(name)'") }
            skipSpace()
            members.append(Member(name: name, value: try value(of: name, isInner: isInner)))
            skipSpace()
        } while take(",")
        guard take("}") else { throw Recipe.Refusal("its JSON is broken or cut off") }
        return members
    }

    private mutating func value(of name: String, isInner: Bool) throws(Recipe.Refusal) -> Value {
        switch rest.first {
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "{") where !isInner: return .members(try object(isInner: true))
        case UInt8(ascii: "{"), UInt8(ascii: "["): throw Recipe.Refusal("\(name) has an object or a list for a value")
        default: break
        }
        // All that a number or a word can be made of.
        let token = rest.prefix { byte in
            let isLetter = (0x41...0x5A).contains(byte & 0xDF)
            return isLetter || (0x30...0x39).contains(byte) || [0x2B, 0x2D, 0x2E].contains(byte)
        }
        rest = rest.dropFirst(token.count)
        if token.elementsEqual("true".utf8) { return .flag(true) }
        if token.elementsEqual("false".utf8) { return .flag(false) }
        guard let first = token.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
            throw Recipe.Refusal("\(name) is neither a number nor true nor false")
        }
        return .number(try RecipeNumber(token))
    }

    /// A string of printable ASCII without escapes: no name of an operation, and no image id, needs more. What is kept
    /// can be shown to a person as it is.
    private mutating func text() throws(Recipe.Refusal) -> String {
        guard take("\"") else { throw Recipe.Refusal("a name is missing or not in quotes") }
        let content = rest.prefix { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        guard content.count <= 64 else { throw Recipe.Refusal("it has a name of more than 64 characters") }
        rest = rest.dropFirst(content.count)
        guard take("\"") else { throw Recipe.Refusal("it has a name that is not plain ASCII, or is cut off") }
        return String(decoding: content, as: UTF8.self)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func skipSpace() {
        rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    }
}
