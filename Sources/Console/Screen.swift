/// Lines that are drawn over by the next ones on a terminal, and follow each other elsewhere.
struct Screen {
    let output: Output
    private var drawn = 0

    init(output: Output) { self.output = output }

    /// Shows `lines` in place of those shown before, as many as fit.
    mutating func show(_ lines: [String]) throws {
        guard output.style.isTerminal else {
            return try output.text(lines.joined(separator: "\n") + "\n\n")
        }
        // What scrolled away cannot be drawn over, and the line after the last one takes one, too.
        let lines = lines.prefix(output.style.height.map { max(1, $0 - 1) } ?? lines.count)
        // CSI n F: up n lines; CSI 0 K: clear to the line's end; CSI 0 J: clear to the screen's end.
        let up = drawn > 0 ? "\u{1B}[\(drawn)F" : ""
        try output.text(up + lines.map { $0 + "\u{1B}[0K\n" }.joined() + "\u{1B}[0J")
        drawn = lines.count
    }

    /// Takes away what was shown last.
    mutating func clear() throws {
        guard output.style.isTerminal, drawn > 0 else { return }
        try output.text("\u{1B}[\(drawn)F\u{1B}[0J")
        drawn = 0
    }
}
