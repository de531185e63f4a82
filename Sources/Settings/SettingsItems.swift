import Yams

/// A list that stands line by line below its key: its items come and go, and what stands between them stays.
struct SettingsItems {
    let lines: [SettingsLine]
    let keyLine: Int
    let items: [Node]

    func changed(to words: [String]?) throws -> [SettingsLine] {
        var old: [(line: Int, word: String)] = []
        for item in items {
            guard let number = item.mark?.line, number > keyLine, number > old.last?.line ?? 0,
                lines.indices.contains(number - 1), let word = item.scalar?.string
            else { throw SettingsEdit.Unsure(line: item.mark?.line ?? keyLine) }
            let line = lines[number - 1]
            let isItem = line.bytes.dropFirst(line.indentation.count).starts(with: "- ".utf8)
            guard isItem, let start = item.mark.flatMap({ line.place(ofColumn: $0.column) }),
                line.end(ofValueAt: start) != nil
            else { throw SettingsEdit.Unsure(line: number) }
            old.append((number, word))
        }
        guard let words, let first = old.first, let last = old.last else {
            return without(Set(old.map(\.line) + [keyLine]))
        }
        var gone: Set<Int> = []
        var new: [Int: [String]] = [:]
        var rest = words[...]
        // In their order, as far as the old ones are in it.
        for item in old {
            guard let kept = rest.firstIndex(of: item.word) else {
                gone.insert(item.line)
                continue
            }
            // Those that are to stand before it.
            new[item.line - 1, default: []] += rest[..<kept]
            rest = rest[(kept + 1)...]
        }
        new[last.line, default: []] += rest
        let indentation = String(decoding: lines[first.line - 1].indentation, as: UTF8.self)
        return lines.indices.reduce(into: []) { result, place in
            if !gone.contains(place + 1) { result.append(lines[place]) }
            for word in new[place + 1] ?? [] {
                result = Self.inserted("\(indentation)- \(SettingsWord.yaml(word))", after: result.count, in: result)
            }
        }
    }

    private func without(_ gone: Set<Int>) -> [SettingsLine] {
        lines.enumerated().filter { !gone.contains($0.offset + 1) }.map(\.element)
    }

    /// With another line behind the one of that number; 0 stands for the beginning.
    static func inserted(_ text: String, after number: Int, in lines: [SettingsLine]) -> [SettingsLine] {
        var lines = lines
        let usual = lines.first.flatMap { $0.end.isEmpty ? nil : $0.end } ?? Array("\n".utf8)
        if number > 0, lines[number - 1].end.isEmpty { lines[number - 1].end = usual }
        lines.insert(SettingsLine(bytes: Array(text.utf8), end: usual), at: number)
        return lines
    }
}
