import Control
import Foundation
import Glibc
import Model

/// What `demo` does between making its folder and removing it.
struct DemoRun: Sendable {
    let photos: String?
    let folder: String
    let output: Output

    /// The photos made where a person gives none: as large as a phone's, so that the sizes mean something.
    private static let sample = (count: 24, width: 4000, height: 3000)
    /// Where Avahi takes requests (its own default, and that of Debian).
    private static let avahiSocket = "/run/avahi-daemon/socket"

    func run() async throws {
        let syncd = try Executable.beside("syncd")
        let discovers = access(Self.avahiSocket, F_OK) == 0
        var steps = [(String, Duration)]()
        func step<Result: Sendable>(_ what: String, _ work: () async throws -> Result) async throws -> Result {
            try say(what, .heading)
            let begin = ContinuousClock.now
            let result = try await work()
            steps.append((what, .now - begin))
            return result
        }

        let desktop = folder + "/desktop"
        try await step(photos.map { "Copying the photos of \($0)" } ?? "Making \(Self.sample.count) photos") {
            try await fill(desktop + "/Pictures", syncd: syncd)
        }
        let agents = Agents()
        do {
            try await step("Starting two agents, 'desktop' with the photos and 'laptop' with none") {
                for name in ["desktop", "laptop"] {
                    try agents.add(
                        DemoAgent(name: name, folder: "\(folder)/\(name)", syncd: syncd, discovers: discovers))
                }
                for agent in agents.all { try await agent.waitUntilReady() }
                try say(
                    "  mDNS: "
                        + (discovers
                            ? "on, Avahi runs here" : "off, no Avahi runs here; the invitation tells the address"))
            }
            let (source, target) = (agents.all[0], agents.all[1])
            try await step("Reading the photos into desktop's library") { try await read(source) }
            try await step("Pairing: 'invite' on desktop, 'join' on laptop") {
                let invitation = try await source.client.invite()
                let peer = try await target.client.join(invitation.invite)
                try say("  \(invitation.invite.prefix { $0 != "#" })#…")
                try say("  laptop trusts \(peer.name) (\(peer.id.short)), and desktop trusts laptop")
            }
            try await step("Exchanging: laptop gets a reduced copy of every photo") {
                try await DemoExchange(source: source, target: target, output: output).run()
            }
            try await results(source, target, steps)
        } catch {
            for agent in agents.all { await agent.stop() }
            throw error
        }
        for agent in agents.all { await agent.stop() }
    }

    private func say(_ text: String, _ paint: Style.Paint? = nil) throws {
        try output.text(output.style.paint(text, paint) + "\n")
    }

    private func fill(_ library: String, syncd: String) async throws {
        if let photos {
            var screen = Screen(output: output)
            var last = (count: 0, bytes: Int64(0))
            let source = photos.hasPrefix("/") ? photos : FileManager.default.currentDirectoryPath + "/" + photos
            try DemoFolder.copy(source, to: library) { count, bytes in
                last = (count, bytes)
                if output.style.isTerminal {
                    try screen.show(["  \(Quantity.count(count, "photo")), \(Quantity.bytes(bytes))"])
                }
            }
            try screen.clear()
            try say("  \(Quantity.count(last.count, "photo")), \(Quantity.bytes(last.bytes)); yours were only read")
            return
        }
        let sample = Self.sample
        try await Command.run(
            syncd,
            [
                "make-photos", library, "--count", "\(sample.count)", "--seed", "1", "--width", "\(sample.width)",
                "--height",
                "\(sample.height)",
            ])
        try say("  \(sample.count) of \(sample.width)×\(sample.height)")
    }

    private func read(_ agent: DemoAgent) async throws {
        var screen = Screen(output: output)
        for try await message in agent.client.scan(acceptRemovals: false) {
            switch message {
            case .progress(let progress):
                if output.style.isTerminal { try screen.show([ProgressText.line(progress, output.style)]) }
            case .done(let report):
                try screen.clear()
                try say("  \(Quantity.count(report.images, "image")) with their SHA-256 and pixel size")
            }
        }
    }

    private func results(_ source: DemoAgent, _ target: DemoAgent, _ steps: [(String, Duration)]) async throws {
        for agent in [source, target] {
            try say("\n$ syncctl status    # on \(agent.name)", .faint)
            let report = try await agent.client.status()
            try output.text(StatusText(report: report, style: output.style, now: Date()).text)
        }
        let trees = [source, target].map { TreeText(of: $0.library, style: output.style) }
        for (agent, tree) in zip([source, target], trees) { try output.text("\n" + tree.text(title: agent.name)) }
        let saved = trees[0].bytes - trees[1].bytes
        let percent = Quantity.percent(Double(saved), of: Double(trees[0].bytes)) ?? "0%"
        try say(
            "\nlaptop sees all \(Quantity.count(trees[1].count, "photo")) in \(Quantity.bytes(trees[1].bytes)): ",
            .heading)
        try say("  \(Quantity.bytes(max(0, saved))) saved, \(percent) of what the mains take.\n")
        for (what, time) in steps {
            let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
            try output.text(
                "  \(Quantity.span(seconds).padded(to: 10, rightAligned: true))  \(what.printable.shortened(to: output.style.width - 14))\n"
            )
        }
    }

    /// The agents that were started, so that all of them are stopped whatever happens.
    private final class Agents {
        private(set) var all: [DemoAgent] = []
        func add(_ agent: DemoAgent) { all.append(agent) }
    }
}
