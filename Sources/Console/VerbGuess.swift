import ArgumentParser

/// What a person meant who typed a verb that there is not.
enum VerbGuess {
    /// Words of other programs for what a verb here does. Two verbs where the word may mean either, with what tells them
    /// apart.
    private static let synonyms: [(words: [String], answer: String)] = [
        (["list", "dir", "images", "photos"], "did you mean 'ls'?"),
        (["info", "state", "stat"], "did you mean 'status'?"),
        (["show", "explain"], "did you mean 'why'?"),
        (
            ["remove", "rm", "del", "erase", "drop"],
            "'evict' makes room here and keeps the photo on other machines, 'delete' deletes it on every machine."
        ),
        (["get", "pull", "download"], "did you mean 'fetch'?"),
        (["undelete", "recover", "undo"], "did you mean 'restore'?"),
        (["check", "test"], "'verify' re-reads the mains here, 'doctor' looks for what is wrong with the machine."),
        (["connect", "link", "share"], "did you mean 'pair'?"),
        (["unlink", "forget", "disconnect"], "did you mean 'unpair'?"),
        (["devices", "machines", "nodes"], "'peers' lists the paired machines, 'nearby' all that the network shows."),
        (["refresh", "rescan", "add", "import"], "did you mean 'scan'?"),
        (["sync", "backup", "push"], "the agent does that by itself, and 'status' says how far it is."),
        (["start", "run", "stop", "restart"], "the agent is 'syncd', and systemd starts and stops it."),
        (["version"], "did you mean '--version'?"),
    ]

    /// Throws what to say where the verb, or that of which help is asked, is none of `verbs`.
    static func check(_ arguments: [String], verbs: [String]) throws {
        guard var word = arguments.first else { return }
        if word == "help", arguments.count > 1 { word = arguments[1] }
        guard !word.hasPrefix("-"), word != "help", !verbs.contains(word) else { return }
        throw ValidationError("There is no verb '\(word.printable)': \(answer(word.lowercased(), verbs))")
    }

    private static func answer(_ word: String, _ verbs: [String]) -> String {
        if let known = synonyms.first(where: { $0.words.contains(word) }) { return known.answer }
        let distances = verbs.map { ($0, distance(word, $0)) }
        // One slip in a short word, two in a long one; or its beginning.
        let near = distances.filter { $0.1 <= min(2, max(1, max($0.0.count, word.count) / 3)) }
        if let best = near.min(by: { $0.1 < $1.1 }) { return "did you mean '\(best.0)'?" }
        let begun = word.count < 2 ? [] : verbs.filter { $0.hasPrefix(word) }
        guard !begun.isEmpty else { return "'syncctl --help' lists those that there are." }
        return "did you mean \(begun.map { "'\($0)'" }.joined(separator: " or "))?"
    }

    /// Letters that are to be put in, left out, changed, or exchanged with their neighbour (optimal string alignment).
    private static func distance(_ first: String, _ second: String) -> Int {
        let (a, b) = (Array(first.utf8.prefix(64)), Array(second.utf8))
        var rows = [Array(0...b.count)]
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var least = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, rows[i - 1][j - 1] + 1) }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
