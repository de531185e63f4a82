import Control
import Foundation

/// Watches until every photo is read on one side, and everything is where it belongs on both.
struct DemoExchange {
    let source: DemoAgent
    let target: DemoAgent
    /// Photos in the source's library, by their names.
    let count: Int
    let output: Output

    /// Longer than files must have stood still before they are read, and than a photo takes to travel on a slow machine.
    private static let patience: Int64 = 15
    /// Images without a reduced copy that are named.
    private static let most = 5

    /// Throws `failed` with what is in the way when it does not come to an end.
    func run() async throws {
        let images = try await read()
        try await follow(target, images)
        try await follow(source, images)
    }

    /// Waits until the source has read its photos; how many images they are. Two files of the same bytes are one image,
    /// and some are none at all.
    private func read() async throws -> Int {
        var screen = Screen(output: output)
        while true {
            var report: ScanReport?
            for try await message in source.client.scan(acceptRemovals: false) {
                switch message {
                case .done(let done): report = done
                case .progress(let progress):
                    if output.style.isTerminal { try screen.show([ProgressText.line(progress, output.style)]) }
                }
            }
            try Task.checkCancellation()
            guard let report else { throw halt(source, try await source.client.status()) }
            if report.unsettled == 0 {
                try screen.clear()
                let others = count - report.images
                let rest = Quantity.count(others, "file is", "files are")
                if others > 0 { try say("  desktop: \(rest) the same as another, or left alone") }
                return report.images
            }
            // What was copied a moment ago may still be written to.
            for try await _ in source.client.statusChanges(for: 1) { try Task.checkCancellation() }
        }
    }

    private func follow(_ agent: DemoAgent, _ images: Int) async throws {
        var screen = Screen(output: output)
        var before: StatusReport?
        while true {
            var last: StatusReport?
            for try await report in agent.client.statusChanges(for: Self.patience) {
                last = report
                if try await isDone(agent, report, images) {
                    try screen.clear()
                    return try await tell(agent, report)
                }
                if output.style.isTerminal { try screen.show(lines(report, images)) }
            }
            // A stream that is given up ends as one that is over.
            try Task.checkCancellation()
            if let before, let last, !Self.hasMoved(from: before, to: last) { throw halt(agent, last) }
            before = last
        }
    }

    private func halt(_ agent: DemoAgent, _ report: StatusReport) -> ControlFailure {
        let reason = report.problems.first.map { "\($0.subject): \($0.reason)" } ?? "nothing moves any more."
        return ControlFailure(
            .failed, "The exchange came to a halt: \(reason) The end of \(agent.name)'s log:\n\(agent.logEnd)")
    }

    /// Whether that many images are known, in sync with the peer, and nothing is left to get but what cannot be got.
    private func isDone(_ agent: DemoAgent, _ report: StatusReport, _ images: Int) async throws -> Bool {
        guard Self.isAtRest(report, images) else { return false }
        let stuck = report.work.failed + report.problems.count
        if report.library.missing <= stuck { return true }
        // What has no reduced copy yet is not waited for; the agent knows what it still wants to get.
        return Self.wanted(try await agent.client.why(folder: "")) <= stuck
    }

    static func isAtRest(_ report: StatusReport, _ images: Int) -> Bool {
        report.library.images >= images && !report.peers.isEmpty && report.peers.allSatisfy(\.inSync)
            && report.work.pending == 0 && report.work.running == 0
    }

    /// Images that something is done about next.
    static func wanted(_ report: FolderReport) -> Int {
        report.next.filter { $0.what != "nothing" }.reduce(0) { $0 + $1.images }
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

    private func tell(_ agent: DemoAgent, _ report: StatusReport) async throws {
        let library = report.library
        try say(
            "  \(report.node.name): in sync; \(Quantity.count(library.mains, "main")) and "
                + "\(Quantity.count(library.reduced, "reduced copy", "reduced copies")) here")
        guard library.missing > 0 else { return }
        try say("  \(Quantity.count(library.missing, "photo has", "photos have")) no reduced copy yet:")
        var named = 0
        for try await image in agent.client.images(under: "", form: HeldForm.none) {
            guard named < Self.most else { break }
            named += 1
            let why = try await agent.client.why(image.path)
            try say("    \(image.path): \(why.obstacles.first?.reason ?? why.next.reason)")
        }
        if library.missing > named { try say("    and \(Quantity.count(library.missing - named)) more") }
    }

    private func say(_ text: String) throws { try output.text(output.style.paragraph(text.printable) + "\n") }
}
