import Control
import Glibc

/// What a piece of work shows: how far it is meanwhile, and at the end what became of the images, those alike together.
struct WorkScreen {
    private let output: Output
    private let isDryRun: Bool
    private let line: WaitingLine
    private(set) var tally = WorkTally()
    /// The rows of a dry run.
    private var rows: [ImageOutcome] = []
    private var groups = OutcomeGroups()

    init(output: Output, isDryRun: Bool, line: WaitingLine = .shared) {
        self.output = output
        self.isDryRun = isDryRun
        self.line = line
    }

    mutating func add(_ message: WorkMessage) throws {
        if output.isJSON { try output.line(message) }
        switch message {
        case .progress(let progress): if !output.isJSON { line.show(progress) }
        case .image(let image):
            tally.add(image)
            if output.isJSON { return }
            if isDryRun { rows.append(image) } else if OutcomeText.isWorthTelling(image) { groups.add(image) }
        case .done(let summary):
            tally.end(summary)
        }
    }

    /// Takes away the progress.
    func clear() { line.clear() }

    /// Shows what became of the images, the table of a dry run, and the last line.
    ///
    /// - Parameter isExplained: whether the command ends with the reason of the only image, if it was one.
    func end(_ text: String, isExplained: Bool) throws {
        if output.isJSON { return }
        if isExplained, !isDryRun, tally.onlyUndone != nil { return }
        try tell()
        if !rows.isEmpty {
            try output.text(OutcomeTable.lines(rows, output.style).joined(separator: "\n") + "\n\n")
        }
        for line in [text, WorkText.together(tally)].compactMap(\.self) {
            try output.text(output.style.paragraph(line) + "\n")
        }
    }

    /// What became of the images so far: on standard error what stays undone.
    func tell() throws {
        let done = groups.lines(undone: false, output.style)
        if !done.isEmpty { try output.text(done.joined(separator: "\n") + "\n") }
        let undone = groups.lines(undone: true, Output.errors.style)
        if !undone.isEmpty { Output.note(undone.joined(separator: "\n")) }
    }
}
