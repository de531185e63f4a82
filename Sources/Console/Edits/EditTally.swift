import Control

/// What editing has come to so far: the last line about each edit, in the order in which they came.
struct EditTally {
    private(set) var edits: [EditLine] = []
    private var places: [String: Int] = [:]
    private(set) var summary: WorkSummary?

    mutating func add(_ edit: EditLine) {
        let key = edit.recipe.map { "\($0)" } ?? "\(edit.path)"
        if let place = places[key] {
            edits[place] = edit
        } else {
            places[key] = edits.count
            edits.append(edit)
        }
    }

    mutating func end(_ summary: WorkSummary) { self.summary = summary }

    func count(_ states: EditLine.State...) -> Int { edits.count { states.contains($0.state) } }

    /// The image that was the only one, where it is not as was asked.
    var onlyUndone: EditLine? { edits.count == 1 && edits[0].state.isUndone ? edits[0] : nil }

    /// The last line on several images.
    func sentence(isUndo: Bool) -> String {
        let done = edits.count - count(.failed, .unknown, .skipped)
        let span = "in \(Quantity.span(summary?.seconds ?? 0))"
        var rest: [String] = []
        if isUndo {
            rest.append("Took back \(Quantity.count(done, "edit")) \(span)")
        } else {
            let images = done == 0 ? "Nothing was edited" : "Edited \(Quantity.count(done, "image")) \(span)"
            rest.append(images)
            let (made, coming) = (count(.made), count(.waiting, .running))
            if made > 0 { rest.append("\(Quantity.count(made, "full picture is", "full pictures are")) made") }
            if coming > 0 {
                rest.append("\(Quantity.count(coming, "full picture is", "full pictures are")) still to be made")
            }
        }
        let (skipped, failed) = (count(.skipped), count(.failed, .unknown))
        if skipped > 0 {
            rest.append(
                "\(Quantity.count(skipped, "rendition was", "renditions were")) left out: name \(skipped == 1 ? "it to edit it" : "them to edit them")"
            )
        }
        if failed > 0 { rest.append("\(Quantity.count(failed)) failed") }
        return rest.joined(separator: "; ") + "."
    }

    /// How the command ends where less was done than was asked; nil where all was.
    var failure: ControlFailure? {
        guard let summary else { return nil }
        // With --wait also those that nobody makes for now.
        let undone = max(count(.failed, .unknown), summary.others)
        guard undone > 0 else { return nil }
        let reason =
            summary.reason ?? onlyUndone.map(EditText.sentence)
            ?? "\(Quantity.count(undone, "image is", "images are")) not as was asked, for the reasons above."
        if summary.images == 0, summary.tryAgain { return ControlFailure(.tryAgain, reason) }
        return ControlFailure(count(.unknown) == edits.count ? .notFound : .failed, reason)
    }
}
