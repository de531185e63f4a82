import Control

/// How far a command is and what it waits for, in one line.
enum WaitingText {
    /// `evicting  99%  1,980/2,000  nas reads IMG_0000.JPG to prove it (3 s)`.
    static func line(_ shown: Patience.Shown, _ style: Style) -> String {
        // A full line would move the cursor to the next one.
        var style = style
        style.width -= 1
        switch shown {
        case .progress(let progress): return ProgressText.line(progress, style, indent: 0)
        case .step(let step, let progress):
            let seconds = step.seconds.rounded(.down)
            let span = seconds >= 1 ? " (\(Quantity.span(seconds)))" : ""
            let what = step.what.printable
            guard style.isTerminal else {
                return (progress.map { ProgressText.line($0, style, indent: 0) + "  " } ?? "") + what + span
            }
            let start = progress.map { ProgressText.short($0) + "  " } ?? ""
            if (start + what + span).columns <= style.width { return start + what + span }
            if (what + span).columns <= style.width { return what + span }
            return what.clipped(to: style.width - span.columns) + span
        }
    }
}
