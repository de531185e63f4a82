import Control
import Glibc

/// What a piece of work shows, message by message.
struct WorkScreen {
    private let output: Output
    private let isDryRun: Bool
    private var screen: Screen
    private(set) var tally = WorkTally()
    /// The rows of a dry run.
    private var rows: [ImageOutcome] = []
    /// The first image's line, which waits for a second image: the only one's is the sentence at the end.
    private var held: ImageOutcome?
    /// Images told of, by what they have in common.
    private var alike: [String: Int] = [:]

    /// Images shown at most that have one reason in common; the rest is counted.
    private static let mostAlike = 20

    init(output: Output, isDryRun: Bool) {
        self.output = output
        self.isDryRun = isDryRun
        screen = Screen(output: output)
    }

    mutating func add(_ message: WorkMessage) throws {
        if output.isJSON { try output.line(message) }
        switch message {
        case .progress(let progress):
            guard !output.isJSON, output.style.isTerminal else { return }
            try screen.show([ProgressText.line(progress, output.style, indent: 0)])
        case .image(let image):
            tally.add(image)
            if output.isJSON { return }
            if isDryRun { return rows.append(image) }
            try flush()
            if OutcomeText.isWorthTelling(image) {
                held = image
                if tally.total > 1 { try flush() }
            }
        case .done(let summary):
            tally.end(summary)
        }
    }

    /// Takes away the progress.
    mutating func clear() throws { try screen.clear() }

    /// Shows what waited, the table of a dry run, and the last line.
    ///
    /// - Parameter isExplained: whether the command ends with the reason of the only image, if it was one.
    mutating func end(_ text: String, isExplained: Bool) throws {
        if output.isJSON { return }
        if isExplained, !isDryRun, tally.onlyUndone != nil { return }
        try flush()
        let rest = alike.values.reduce(0) { $0 + max(0, $1 - Self.mostAlike) }
        if rest > 0 { Output.note("and \(Quantity.count(rest)) more for the same reasons: --json lists all") }
        if !rows.isEmpty {
            try output.text(OutcomeTable.lines(rows, output.style).joined(separator: "\n") + "\n\n")
        }
        try output.text(output.style.paragraph(text) + "\n")
    }

    private mutating func flush() throws {
        guard let image = held else { return }
        held = nil
        let key = OutcomeText.key(image)
        alike[key, default: 0] += 1
        guard alike[key, default: 0] <= Self.mostAlike else { return }
        try clear()
        if image.outcome.isUndone {
            let style = Style(of: STDERR_FILENO, environment: Environment.current)
            Output.note(OutcomeText.lines(image, style).joined(separator: "\n"))
        } else {
            try output.text(OutcomeText.lines(image, output.style).joined(separator: "\n") + "\n")
        }
    }
}
