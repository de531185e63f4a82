import Control
import Foundation

/// Watches the exchange until both sides are in sync and everything is where it belongs.
struct DemoExchange {
    let source: DemoAgent
    let target: DemoAgent
    let output: Output

    /// Without any change for this long, nothing will come.
    private static let patience: Int64 = 60

    /// Throws `failed` with what is in the way when it does not come to an end.
    func run() async throws {
        try await follow(target)
        try await follow(source)
    }

    private func follow(_ agent: DemoAgent) async throws {
        var screen = Screen(output: output)
        var before: StatusReport?
        while true {
            var last = before
            for try await report in agent.client.statusChanges(for: Self.patience) {
                last = report
                if Self.isDone(report) {
                    try screen.clear()
                    return try say(report)
                }
                if output.style.isTerminal { try screen.show(lines(report)) }
            }
            // A stream that is given up ends as one that is over.
            try Task.checkCancellation()
            guard let last, before.map({ Self.hasMoved(from: $0, to: last) }) ?? true else {
                let reason = last?.problems.first.map { "\($0.subject): \($0.reason)" } ?? "nothing moved for a minute."
                throw ControlFailure(
                    .failed, "The exchange came to a halt: \(reason) The end of \(agent.name)'s log:\n\(agent.logEnd)")
            }
            before = last
        }
    }

    /// In sync with the peer, and nothing left to get but what cannot be got.
    static func isDone(_ report: StatusReport) -> Bool {
        !report.peers.isEmpty && report.peers.allSatisfy(\.inSync) && report.library.images > 0
            && report.work.pending == 0 && report.work.running == 0
            && report.library.missing <= report.work.failed + report.problems.count
    }

    private static func hasMoved(from a: StatusReport, to b: StatusReport) -> Bool {
        a.library != b.library || a.work.pending != b.work.pending || a.peers.map(\.images) != b.peers.map(\.images)
    }

    private func lines(_ report: StatusReport) -> [String] {
        let library = report.library
        let here = library.images - library.missing
        let line =
            "  \(Quantity.count(here)) of \(Quantity.count(library.images, "image")) here, \(Quantity.bytes(library.reducedBytes))"
        guard library.images > 0 else { return ["  comparing file info"] }
        let bar = ProgressText.bar(Double(here) / Double(library.images), width: 24, output.style)
        return [line.padded(to: 44) + bar] + report.work.progress.map { ProgressText.line($0, output.style) }
    }

    private func say(_ report: StatusReport) throws {
        let library = report.library
        try output.text(
            "  \(report.node.name): in sync; \(Quantity.count(library.mains, "main")) and "
                + "\(Quantity.count(library.reduced, "reduced copy", "reduced copies")) here\n")
    }
}
