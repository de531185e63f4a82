import Control
import Foundation

/// Watches until every photo is read on one side, and everything is where it belongs on both.
struct DemoExchange {
    let source: DemoAgent
    let target: DemoAgent
    /// Photos in the source's library.
    let count: Int
    let output: Output

    /// Longer than files must have stood still before they are read, and than a photo takes to travel on a slow machine.
    private static let patience: Int64 = 15

    /// Throws `failed` with what is in the way when it does not come to an end.
    func run() async throws {
        try await follow(target)
        try await follow(source)
    }

    private func follow(_ agent: DemoAgent) async throws {
        var screen = Screen(output: output)
        var images = count
        var before: StatusReport?
        while true {
            var last: StatusReport?
            for try await report in agent.client.statusChanges(for: Self.patience) {
                last = report
                if Self.isDone(report, images) {
                    try screen.clear()
                    return try say(report)
                }
                if output.style.isTerminal { try screen.show(lines(report, images)) }
            }
            // A stream that is given up ends as one that is over.
            try Task.checkCancellation()
            if let before, let last, !Self.hasMoved(from: before, to: last) {
                // Two files of the same bytes are one image, and some are no image at all: the source knows.
                let known = try await source.client.status().library.images
                guard known > 0, known < images else { throw halt(agent, last) }
                images = known
            }
            before = last
        }
    }

    private func halt(_ agent: DemoAgent, _ report: StatusReport) -> ControlFailure {
        let reason = report.problems.first.map { "\($0.subject): \($0.reason)" } ?? "nothing moves any more."
        return ControlFailure(
            .failed, "The exchange came to a halt: \(reason) The end of \(agent.name)'s log:\n\(agent.logEnd)")
    }

    /// That many images are known, in sync with the peer, and nothing is left to get but what cannot be got.
    static func isDone(_ report: StatusReport, _ images: Int) -> Bool {
        report.library.images >= images && !report.peers.isEmpty && report.peers.allSatisfy(\.inSync)
            && report.work.pending == 0 && report.work.running == 0
            && report.library.missing <= report.work.failed + report.problems.count
    }

    private static func hasMoved(from a: StatusReport, to b: StatusReport) -> Bool {
        a.library != b.library || a.work.pending != b.work.pending || a.peers.map(\.images) != b.peers.map(\.images)
    }

    private func lines(_ report: StatusReport, _ images: Int) -> [String] {
        let library = report.library
        let here = library.images - library.missing
        let line =
            "  \(Quantity.count(here)) of \(Quantity.count(images, "image")) here, \(Quantity.bytes(library.reducedBytes))"
        let bar = ProgressText.bar(Double(here) / Double(images), width: 24, output.style)
        return [line.padded(to: 44) + bar] + report.work.progress.map { ProgressText.line($0, output.style) }
    }

    private func say(_ report: StatusReport) throws {
        let library = report.library
        try output.text(
            "  \(report.node.name): in sync; \(Quantity.count(library.mains, "main")) and "
                + "\(Quantity.count(library.reduced, "reduced copy", "reduced copies")) here\n")
    }
}
