/// Reads the line of a file's record quickly where it is as this version writes it: the keys in their order, no white
/// space, nothing escaped, whole numbers. Nearly all lines are. Of any other the general reader of JSON says what it is.
extension RawFile {
    init?(asWritten line: UnsafeBufferPointer<UInt8>) {
        var line = LineScanner(rest: line)
        guard line.take("{\"seq\":"), let seq = line.number(),
            line.take(",\"path\":\""), let path = line.text(),
            line.take(",\"image\":\""), let image = line.text(),
            line.take(",\"form\":\""), let form = line.text(),
            line.take(",\"type\":\""), let type = line.text(),
            line.take(",\"bytes\":"), let bytes = line.number(),
            line.take(",\"mainBytes\":"), let mainBytes = line.number()
        else { return nil }
        self.init(seq: seq, path: path, image: image, form: form, type: type, bytes: bytes, mainBytes: mainBytes)
        if line.take(",\"width\":") {
            guard let width = line.number(), line.take(",\"height\":"), let height = line.number() else { return nil }
            (self.width, self.height) = (Int(width), Int(height))
        }
        if line.take(",\"captured\":") {
            guard let captured = line.number() else { return nil }
            self.captured = captured
        }
        if line.take(",\"duration\":") {
            guard let duration = line.number() else { return nil }
            self.duration = duration
        }
        if line.take(",\"edge\":") {
            guard let edge = line.number() else { return nil }
            self.edge = Int(edge)
        }
        if line.take(",\"edition\":") {
            guard let edition = line.number() else { return nil }
            self.edition = edition
        }
        if line.take(",\"generation\":") {
            guard let generation = line.number() else { return nil }
            self.generation = generation
        }
        if line.take(",\"attributes\":{\"seconds\":") {
            guard let seconds = line.number(), line.take(",\"nanoseconds\":"), let nanoseconds = line.number(),
                line.take(",\"mode\":"), let mode = line.number()
            else { return nil }
            var raw = RawAttributes(seconds: seconds, nanoseconds: nanoseconds, mode: mode)
            if line.take(",\"changes\":") {
                guard let changes = line.number() else { return nil }
                raw.changes = changes
            }
            guard line.take("}") else { return nil }
            attributes = raw
        }
        guard line.take("}"), line.isAtEnd else { return nil }
    }
}

/// Walks along a line. What it cannot take ends the walk.
private struct LineScanner {
    var rest: UnsafeBufferPointer<UInt8>

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard rest.count >= count, text.withUTF8Buffer({ rest[..<count].elementsEqual($0) }) else { return false }
        drop(count)
        return true
    }

    /// A whole number as JSON writes it, of at most 18 digits.
    mutating func number() -> Int64? {
        let isNegative = take("-")
        var (value, count): (Int64, Int) = (0, 0)
        while count < rest.count, case let digit = rest[count] &- 0x30, digit < 10 {
            guard count < 18 else { return nil }
            value = value * 10 + Int64(digit)
            count += 1
        }
        guard count > 0, count == 1 || rest[0] != 0x30 else { return nil }
        drop(count)
        return isNegative ? -value : value
    }

    /// Text to the closing quote, without any escape.
    mutating func text() -> String? {
        var count = 0
        while count < rest.count, rest[count] != UInt8(ascii: "\"") {
            guard rest[count] >= 0x20, rest[count] != UInt8(ascii: "\\") else { return nil }
            count += 1
        }
        guard count < rest.count else { return nil }
        let content = UnsafeBufferPointer(rebasing: rest[..<count])
        drop(count + 1)
        return String(validating: content, as: UTF8.self)
    }

    private mutating func drop(_ count: Int) { rest = UnsafeBufferPointer(rebasing: rest[count...]) }
}
