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
        func step<Result: Sendable>(
            _ what: String, _ detail: String = "", _ work: () async throws -> Result
        ) async throws -> Result {
            try say(what + detail, .heading)
            let begin = ContinuousClock.now
            let result = try await work()
            steps.append((what, .now - begin))
            return result
        }

        let count =
            if let photos {
                try await step("Copying photos", " from \(photos.printable)") { try copy(photos) }
            } else {
                try await step("Making photos") { try await make(syncd) }
            }
        try await DemoAgent.run(
            name: "desktop", folder: "\(folder)/desktop", syncd: syncd, discovers: discovers
        ) { source in
            try await DemoAgent.run(
                name: "laptop", folder: "\(folder)/laptop", syncd: syncd, discovers: discovers
            ) { target in
                try await step("Starting two agents", ": 'desktop' with the photos, 'laptop' with none") {
                    for agent in [source, target] { try await agent.waitUntilReady() }
                    try say(
                        "  mDNS "
                            + (discovers
                                ? "on: Avahi runs here" : "off: no Avahi runs here; the invitation has the address"))
                }
                try await step("Pairing", ": 'syncctl invite' on desktop, 'syncctl join' on laptop") {
                    let invitation = try await source.client.invite()
                    let peer = try await target.client.join(invitation.invite)
                    let shown = invitation.invite.prefix { $0 != "#" } + "#(secret)"
                    try say("  " + String(shown).shortened(to: output.style.width - 2))
                    try say("  laptop trusts \(peer.name.printable) (\(peer.id.short)), and desktop trusts laptop")
                }
                try await step("Reading and exchanging", ": laptop gets a reduced copy of every photo") {
                    try await DemoExchange(source: source, target: target, count: count, output: output).run()
                }
                try await results(source, target, steps)
            }
        }
    }

    private var library: String { folder + "/desktop/Pictures" }

    private func say(_ text: String, _ paint: Style.Paint? = nil) throws {
        try output.text(output.style.paint(text, paint) + "\n")
    }

    /// Copies a person's photos; how many.
    private func copy(_ photos: String) throws -> Int {
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
        return last.count
    }

    /// Makes photos; how many.
    private func make(_ syncd: String) async throws -> Int {
        let sample = Self.sample
        let arguments = [
            "make-photos", library, "--count", "\(sample.count)", "--seed", "1", "--width", "\(sample.width)",
            "--height", "\(sample.height)",
        ]
        var screen = Screen(output: output)
        var made = 0
        try await Command.run(syncd, arguments) { lines in
            made += lines
            let bar = ProgressText.bar(Double(made) / Double(sample.count), width: 24, output.style)
            if output.style.isTerminal { try screen.show(["  \(made) of \(sample.count)".padded(to: 14) + bar]) }
        }
        try screen.clear()
        try say("  \(sample.count) of \(sample.width)×\(sample.height) pixels")
        return sample.count
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
            "\nlaptop sees \(Quantity.count(trees[1].count, "photo")) in \(Quantity.bytes(trees[1].bytes)):", .heading)
        try say("  \(Quantity.bytes(max(0, saved))) saved, \(percent) of what the mains take.\n")
        for (what, time) in steps {
            let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
            try output.text("  \(Quantity.span(seconds).padded(to: 10, rightAligned: true))  \(what)\n")
        }
    }
}
