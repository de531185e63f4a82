import Control

/// How far the writing of a picture is, shown at most ten times a second.
struct ExportProgress {
    private let head: Control.Export.Head
    private let clock = ContinuousClock()
    private let begin: ContinuousClock.Instant
    private var shown: ContinuousClock.Instant?
    private var screen = Screen(output: .errors)
    private(set) var done: Int64 = 0

    init(_ head: Control.Export.Head) {
        self.head = head
        begin = clock.now
    }

    /// Seconds since it began.
    var seconds: Double { (clock.now - begin) / .seconds(1) }

    mutating func add(_ bytes: Int) throws {
        done += Int64(bytes)
        let style = Output.errors.style
        guard style.isTerminal, shown.map({ clock.now - $0 >= .milliseconds(100) }) ?? true else { return }
        shown = clock.now
        let rate = seconds >= 0.5 ? Double(done) / seconds : nil
        let progress = ActivityProgress(
            phase: .exporting, peer: head.from, done: 0, bytesDone: done, bytesTotal: head.bytes, bytesPerSecond: rate,
            secondsLeft: rate.map { Double(head.bytes - done) / $0 })
        try screen.show([ProgressText.line(progress, style, indent: 0)])
    }

    mutating func clear() throws { try screen.clear() }
}
