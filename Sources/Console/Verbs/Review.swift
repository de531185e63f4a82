import ArgumentParser
import Control
import Foundation
import Model

struct Review: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer a peer that deletes very many images at once.",
        discussion: """
            Where a peer deletes more than a quarter of the images here, or more than 1,000, within a day, the rest stays \
            here until a person says that it was meant. This lists them and asks. 'yes' moves them into this machine's \
            trash; --no takes the deletion back on every machine, which have it in their trash.

            Examples:
              syncctl review
              syncctl review laptop --yes
              syncctl review --no
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Flag(name: .shortAndLong, help: "Delete them here as well.")
    var yes = false
    @Flag(help: "Take the deletion back on every machine.")
    var no = false
    @Argument(help: "The peer's name, its id, or the beginning of its id; all that wait by default.")
    var peer: String?

    func validate() throws {
        if yes, no { throw ValidationError("--yes and --no are two answers: give one.") }
    }

    func run() async throws {
        let client = agent.client
        let output = shown.output
        if yes || no { return try await answer(client, ReviewAnswer(peer: peer, deletes: yes)) }
        let lines = try await client.review().filter { line in
            peer.map { $0 == line.name || "\(line.id)".hasPrefix($0.uppercased().filter { $0 != "-" }) } ?? true
        }
        if shown.json { return try lines.forEach(output.line) }
        guard !lines.isEmpty else { return Output.note("No deletion waits for an answer.") }
        let terminal = Terminal()
        for line in lines {
            try output.text(Self.text(line, now: Date()))
            guard let terminal else { continue }
            let isMeant = try await terminal.confirms(
                "Move \(Quantity.count(line.images, "image")) into this machine's trash, as well? [y/N] ")
            if isMeant {
                let answer = ReviewAnswer(peer: line.id.description, deletes: true, images: line.images)
                try await self.answer(client, answer)
            } else {
                Output.note("They stay here. 'syncctl review --no' takes the deletion back on every machine.")
            }
        }
    }

    private func answer(_ client: ControlClient, _ answer: ReviewAnswer) async throws {
        let output = shown.output
        let lines = try await client.answer(answer)
        if shown.json { return try lines.forEach(output.line) }
        for line in lines {
            let images = Quantity.count(line.images, "image")
            try output.text(
                answer.deletes
                    ? "\(images) that \(line.name.printable) deleted: in this machine's trash now.\n"
                    : "\(images) that \(line.name.printable) deleted: taken back on every machine.\n")
        }
    }

    static func text(_ line: ReviewLine, now: Date) -> String {
        let rest = line.images - line.paths.count
        let images = Quantity.count(line.images, "image")
        let stand = line.images == 1 ? "stands" : "stand"
        return "\(line.name.printable) (\(line.id.short)) deleted \(images) that \(stand) here too, "
            + "\(Quantity.ago(line.since, now: now)):\n"
            + line.paths.map { "  \($0.description.printable)\n" }.joined()
            + (rest > 0 ? "  and \(Quantity.count(rest)) more\n" : "")
    }
}
