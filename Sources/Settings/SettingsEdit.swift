import Yams

/// One change of a settings file's text: a key gets other words, or its line goes. Every other byte stays.
///
/// YAML can say one thing in many ways, of which people use a few. Those are changed; what is written otherwise is refused, with
/// the line to change by hand. What comes out is read again and compared, so that a way that was misread is refused, too.
struct SettingsEdit {
    let key: Setting.Key
    /// Nil takes the line out.
    let words: [String]?
    /// The file's, for messages.
    let path: String

    /// Why it was not done.
    struct Unsure: Error { var line: Int }

    /// `reduced` of `reduced.edge`.
    private var top: String { key.rawValue.split(separator: ".").first.map(String.init) ?? key.rawValue }
    private var child: String? { key.rawValue.split(separator: ".").dropFirst().first.map(String.init) }

    /// The text with the change. Throws ``SettingsFault`` for a text that is no configuration, or is not surely changed.
    func changed(_ text: String) throws -> String {
        var wanted = try SettingsFile.parse(text, path: path).mapValues(\.words)
        wanted[key] = words
        let lines = SettingsLine.lines(of: text)
        var refused = max(lines.count, 1)
        do {
            for candidate in try candidates(lines, SettingsFile.root(of: text, path: path)) {
                let new = String(decoding: candidate.flatMap { $0.bytes + $0.end }, as: UTF8.self)
                if let read = try? SettingsFile.parse(new, path: path), read.mapValues(\.words) == wanted { return new }
            }
            if let line = entryLine(in: text) { refused = line }
        } catch let unsure as Unsure {
            refused = unsure.line
        }
        throw SettingsFault(
            .failed,
            "\(path), line \(refused): this cannot be changed without risk to what stands around it: change it by hand"
                + (words.map { ", to '\(Self.entry(top, child, $0, key))'." } ?? "."))
    }

    private func entryLine(in text: String) -> Int? {
        guard let root = try? SettingsFile.root(of: text, path: path) else { return nil }
        return root.mapping?.first { $0.key.scalar?.string == top }?.key.mark?.line
    }

    /// `reduced: { edge: 2048 }`.
    private static func entry(_ top: String, _ child: String?, _ words: [String], _ key: Setting.Key) -> String {
        let value = SettingsWord.yaml(words, of: key)
        return child.map { "\(top): { \($0): \(value) }" } ?? "\(top): \(value)"
    }

    /// What the text could become; the first that reads as wanted is taken.
    private func candidates(_ lines: [SettingsLine], _ root: Node?) throws -> [[SettingsLine]] {
        guard let root else { return try added(to: lines) }
        guard let mapping = root.mapping, !isInBrackets(root, lines) else { throw Unsure(line: root.mark?.line ?? 1) }
        guard let found = mapping.first(where: { $0.key.scalar?.string == top }) else { return try added(to: lines) }
        let (keyNode, value) = (found.key, found.value)
        guard let child else { return [try changed(lines, keyNode, value)] }
        guard let inner = value.mapping else { throw Unsure(line: keyNode.mark?.line ?? 1) }
        let entry = inner.first { $0.key.scalar?.string == child }
        if words == nil, entry != nil, inner.count == 1 {
            let children = isInBrackets(value, lines) ? [] : [try line(of: entry?.key)]
            return [try removed(lines, [try line(of: keyNode)] + children)]
        }
        return isInBrackets(value, lines)
            ? [try changed(lines, keyNode, flow: inner, child, entry)]
            : [try changed(lines, keyNode, block: inner, child, entry)]
    }

    /// Whether a list or a mapping is written in brackets: Yams does not say so.
    private func isInBrackets(_ node: Node, _ lines: [SettingsLine]) -> Bool {
        guard let mark = node.mark, lines.indices.contains(mark.line - 1) else { return false }
        let line = lines[mark.line - 1]
        guard let place = line.place(ofColumn: mark.column), line.bytes.indices.contains(place) else { return false }
        return line.bytes[place] == UInt8(ascii: "[") || line.bytes[place] == UInt8(ascii: "{")
    }

    private func line(of node: Node?) throws -> Int {
        guard let line = node?.mark?.line else { throw Unsure(line: 1) }
        return line
    }

    /// - Parameter numbers: from 1 on, as YAML counts.
    private func removed(_ lines: [SettingsLine], _ numbers: [Int]) throws -> [SettingsLine] {
        let gone = Set(numbers)
        return lines.enumerated().filter { !gone.contains($0.offset + 1) }.map(\.element)
    }

    // MARK: A key of its own

    private func changed(_ lines: [SettingsLine], _ keyNode: Node, _ value: Node) throws -> [SettingsLine] {
        let number = try line(of: keyNode)
        if let sequence = value.sequence, !isInBrackets(value, lines) {
            return try SettingsItems(lines: lines, keyLine: number, items: Array(sequence)).changed(to: words)
        }
        let range = try place(of: value, number, lines)
        guard let words else { return try removed(lines, [number]) }
        return replaced(lines, number, range, SettingsWord.yaml(words, of: key))
    }

    /// Where a value stands in the line of its key.
    private func place(
        of value: Node, _ number: Int, _ lines: [SettingsLine], inside: Bool = false
    ) throws -> Range<Int> {
        guard let mark = value.mark, mark.line == number, lines.indices.contains(number - 1),
            let start = lines[number - 1].place(ofColumn: mark.column),
            let end = lines[number - 1].end(ofValueAt: start, inside: inside)
        else { throw Unsure(line: number) }
        return start..<end
    }

    private func replaced(
        _ lines: [SettingsLine], _ number: Int, _ range: Range<Int>, _ text: String
    ) -> [SettingsLine] {
        var lines = lines
        lines[number - 1].bytes.replaceSubrange(range, with: text.utf8)
        return lines
    }

    // MARK: A key inside another

    private func changed(
        _ lines: [SettingsLine], _ keyNode: Node, flow: Node.Mapping, _ child: String,
        _ entry: (key: Node, value: Node)?
    ) throws -> [SettingsLine] {
        let number = try line(of: keyNode)
        if let words, let entry {
            let range = try place(of: entry.value, number, lines, inside: true)
            return replaced(lines, number, range, SettingsWord.yaml(words, of: key))
        }
        guard let mark = flow.mark, mark.line == number, lines.indices.contains(number - 1) else {
            throw Unsure(line: number)
        }
        let line = lines[number - 1]
        guard let start = line.place(ofColumn: mark.column), let end = line.end(ofValueAt: start) else {
            throw Unsure(line: number)
        }
        // Written anew from what the others are: their words stand on this line alone.
        var pairs: [String] = []
        for (otherKey, otherValue) in flow {
            guard let name = otherKey.scalar?.string, name != child else { continue }
            let range = try place(of: otherValue, number, lines, inside: true)
            pairs.append("\(name): \(String(decoding: line.bytes[range], as: UTF8.self))")
        }
        if let words { pairs.append("\(child): \(SettingsWord.yaml(words, of: key))") }
        return replaced(lines, number, start..<end, "{ " + pairs.joined(separator: ", ") + " }")
    }

    private func changed(
        _ lines: [SettingsLine], _ keyNode: Node, block: Node.Mapping, _ child: String,
        _ entry: (key: Node, value: Node)?
    ) throws -> [SettingsLine] {
        if let entry {
            let number = try line(of: entry.key)
            let range = try place(of: entry.value, number, lines)
            guard let words else { return try removed(lines, [number]) }
            return replaced(lines, number, range, SettingsWord.yaml(words, of: key))
        }
        guard let words, let last = Array(block.keys).last else { return lines }
        let number = try line(of: last)
        guard lines.indices.contains(number - 1) else { throw Unsure(line: number) }
        let text = String(decoding: lines[number - 1].indentation, as: UTF8.self)
        return inserted("\(text)\(child): \(SettingsWord.yaml(words, of: key))", after: number, in: lines)
    }

    // MARK: A key that is not there

    /// Behind the line that shows it as an example, or at the end.
    private func added(to lines: [SettingsLine]) throws -> [[SettingsLine]] {
        guard let words else { return [lines] }
        let entry = Self.entry(top, child, words, key)
        let example = lines.firstIndex { $0.text.hasPrefix("#\(top):") || $0.text.hasPrefix("# \(top):") }
        return [example.map { $0 + 1 }, lines.count].compactMap { number in
            number.map { inserted(entry, after: $0, in: lines) }
        }
    }

    private func inserted(_ text: String, after number: Int, in lines: [SettingsLine]) -> [SettingsLine] {
        SettingsItems.inserted(text, after: number, in: lines)
    }
}
