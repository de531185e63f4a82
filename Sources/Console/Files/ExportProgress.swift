import Control
import Model

/// How far the writing of a picture is.
struct ExportProgress {
    private let head: Control.Export.Head
    private let line = WaitingLine.shared
    private let clock = ContinuousClock()
    private let begin: ContinuousClock.Instant
    private(set) var done: Int64 = 0

    init(_ head: Control.Export.Head) {
        self.head = head
        begin = clock.now
    }

    /// Seconds since it began.
    var seconds: Double { (clock.now - begin) / .seconds(1) }

    mutating func add(_ bytes: Int) {
        done += Int64(bytes)
        show(or: "\(head.from ?? "the agent") sends \(head.path.name)")
    }

    /// All has come.
    func isWhole() { show(or: "the disk takes \(head.path.name)") }

    func clear() { line.clear() }

    private func show(or what: String) {
        let rate = seconds >= 0.5 ? Double(done) / seconds : nil
        let progress = ActivityProgress(
            phase: .exporting, peer: head.from, done: 0, bytesDone: done, bytesTotal: head.bytes, bytesPerSecond: rate,
            secondsLeft: rate.map { Double(head.bytes - done) / $0 })
        line.show(progress, or: what)
    }
}
