import Control
import Model

/// The sentence at the end of a piece of work.
enum WorkText {
    /// Of `evict` and `free`: `Freed 12.4 GB: 1,204 mains evicted; 3 kept.`
    static func evicted(_ tally: WorkTally, isDryRun: Bool) -> String {
        let done = tally.count(.evicted, .wouldEvict)
        var rest: [String] = []
        if tally.count(.kept) > 0 { rest.append("\(Quantity.count(tally.count(.kept))) kept") }
        if tally.count(.failed) > 0 { rest.append("\(Quantity.count(tally.count(.failed))) failed") }
        if tally.count(.here) > 0 { rest.append("\(Quantity.count(tally.count(.here))) not here as mains anyway") }
        guard done > 0 else {
            let kept = rest.isEmpty ? "no main here is meant." : rest.joined(separator: ", ") + "."
            return (isDryRun ? "Nothing would be freed: " : "Nothing was freed: ") + kept
        }
        let start = "\(isDryRun ? "Would free" : "Freed") \(Quantity.bytes(tally.bytes)): "
        return
            ([start + Quantity.count(done, "main") + " evicted"] + (rest.isEmpty ? [] : [rest.joined(separator: ", ")]))
            .joined(separator: "; ") + "."
    }

    /// Of `fetch`.
    static func fetched(_ tally: WorkTally) -> String {
        let done = tally.count(.fetched)
        let here = tally.count(.here)
        var rest: [String] = []
        if here > 0 { rest.append(Quantity.count(here) + (here == 1 ? " was" : " were") + " here already") }
        let undone = tally.count(.kept, .failed, .damaged)
        if undone > 0 { rest.append("\(Quantity.count(undone)) not fetched") }
        guard done > 0 else {
            return "Nothing was fetched"
                + (rest.isEmpty ? ": no image is meant." : ": \(rest.joined(separator: ", ")).")
        }
        let start = "Fetched \(Quantity.count(done, "main")), \(Quantity.bytes(tally.bytes)), \(tally.pace)"
        return ([start] + (rest.isEmpty ? [] : [rest.joined(separator: ", ")])).joined(separator: "; ") + "."
    }

    /// Of `verify`.
    static func verified(_ tally: WorkTally) -> String {
        let repaired = tally.count(.repaired)
        let lost = tally.count(.damaged)
        let failed = tally.count(.failed)
        let read = tally.count(.verified) + repaired + lost
        guard read + failed > 0 else {
            return "Nothing to verify: no main here is due; --all re-reads every one."
        }
        let start = "Verified \(Quantity.count(read, "main")), \(Quantity.bytes(tally.bytes)), \(tally.pace): "
        var found: [String] = []
        if repaired > 0 { found.append("\(Quantity.count(repaired)) damaged and repaired") }
        if lost > 0 { found.append("\(Quantity.count(lost)) damaged and not repaired") }
        if failed > 0 { found.append("\(Quantity.count(failed)) not readable") }
        if !found.isEmpty { return start + found.joined(separator: ", ") + "." }
        return start + (read == 1 ? "it is as it should be." : "all are as they should be.")
    }

    /// Of `delete`, with how to take it back.
    static func deleted(_ tally: WorkTally, days: Int, paths: [String]) -> String {
        let done = tally.count(.deleted)
        guard done > 0 else { return "Nothing was deleted." }
        let undo = paths.map(\.printable).map(shellWord).joined(separator: " ")
        let short = undo.columns <= 60 ? undo : "PATH   ('syncctl trash' lists them)"
        return """
            Deleted \(Quantity.count(done, "image")) (\(Quantity.bytes(tally.bytes))) here; the other machines follow as they hear of it.
            To undo, for \(Quantity.count(days, "day")): syncctl restore --deleted \(short)
            """
    }

    /// What was taken together because it belongs together: `Together: IMG_1.HEIC and its film.`; nil where nothing was.
    static func together(_ tally: WorkTally) -> String? {
        let parts = tally.groups.values.flatMap(\.self)
        guard let lead = tally.groups.keys.first else { return nil }
        guard tally.groups.count == 1 else {
            return "Together: \(Quantity.count(tally.groups.count, "image")) and "
                + "\(Quantity.count(parts.count, "file")) that belong to them."
        }
        let kinds = FileGroup.Kind.allCases.compactMap { kind in
            let count = parts.count { $0 == kind }
            return count == 0 ? nil : count == 1 ? "its \(kind.noun)" : "its \(count) \(kind.noun)s"
        }
        let all = ([lead.description.printable] + kinds)
        return "Together: \(all.dropLast().joined(separator: ", ")) and \(all.last ?? "")."
    }

    /// `word` as a shell takes it.
    static func shellWord(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            byte >= 0x80
                || "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:@%".utf8.contains(byte)
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
