import Control

/// One request to edit: shows how far it is, and what comes of each image.
struct EditRun: Sendable {
    let output: Output
    let request: EditRequest

    /// Runs it, and says what came of it. Does not throw for images that could not be edited: see `EditTally.failure`.
    func run(_ messages: AsyncThrowingStream<EditMessage, any Error>) async throws -> EditTally {
        var tally = EditTally()
        let line = WaitingLine.shared
        do {
            for try await message in messages {
                if output.isJSON { try output.line(message) }
                switch message {
                case .progress(let progress): if !output.isJSON { line.show(progress) }
                case .edit(let edit): tally.add(edit)
                case .done(let summary): tally.end(summary)
                }
            }
        } catch {
            line.clear()
            // Whichever way the stream ends when a person interrupts it.
            guard Task.isCancelled else { throw error }
        }
        line.clear()
        if Task.isCancelled { throw ControlFailure(.failed, interrupted(tally)) }
        guard tally.summary != nil else {
            throw ControlFailure(
                .tryAgain, "The agent stopped before it was done: 'syncctl edit --list' tells what is edited.")
        }
        if !output.isJSON, tally.onlyUndone == nil { try output.text(text(tally)) }
        return tally
    }

    private var isUndo: Bool { request.action == .undo }

    private var crop: EditCrop? {
        if case .apply(let wish) = request.action { wish.crop } else { nil }
    }

    private func text(_ tally: EditTally) -> String {
        if tally.edits.count == 1 {
            return EditText.lines(tally.edits[0], crop: crop, output.style).joined(separator: "\n") + "\n"
        }
        guard !tally.edits.isEmpty else { return "No image is meant.\n" }
        return EditTable.edited(tally.edits, crop: crop, output.style).joined(separator: "\n") + "\n\n"
            + output.style.paragraph(tally.sentence(isUndo: isUndo)) + "\n"
    }

    private func interrupted(_ tally: EditTally) -> String {
        let done = tally.edits.count - tally.count(.failed, .unknown, .skipped)
        guard done > 0 else { return "Interrupted: no image was edited." }
        let images = Quantity.count(done, "image")
        if isUndo { return "Interrupted: the edits of \(images) are taken back." }
        return
            "Interrupted: \(images) \(done == 1 ? "is" : "are") edited, and the full pictures are made all the same; "
            + "'syncctl edit --list' tells how far they are."
    }
}
