import ArgumentParser
import Control
import Foundation
import Model

struct Review: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer a peer that deletes, renames or edits very many images at once.",
        discussion: """
            Where a peer deletes more than a quarter of the images here, or more than 1,000, within a day, the rest stays \
            here until a person says that it was meant. So it is with names and edits of both kinds, from 100 on in a \
            library of 100; a folder that was renamed or moved counts once. An edit of an image that the peer was never \
            seen to have waits, too. This lists what waits, and asks.

            'yes' does here what the peer did: deleted images go into this machine's trash, and what was edited goes into \
            .mainstay/versions. --no takes deletions back on every machine, and names, which other machines ask about in \
            their turn; of an edited file both pictures stay, and what 'syncctl edit' did is not done here.

            Examples:
              syncctl review
              syncctl review laptop --yes
              syncctl review --no
            """)

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Flag(name: .shortAndLong, help: "Do it here as well.")
    var yes = false
    @Flag(help: "Keep what is here: deletions and names are taken back, and of an edit both pictures stay.")
    var no = false
    @Argument(help: "The peer's name, its id, or the beginning of its id; all that wait by default.")
    var peer: String?

    func validate() throws {
        if yes, no { throw ValidationError("--yes and --no are two answers: give one.") }
    }

    func run() async throws {
        let client = agent.client
        let output = shown.output
        if yes || no { return try await answer(client, ReviewAnswer(peer: peer, accepts: yes)) }
        if shown.json { return try await lines(client).forEach(output.line) }
        let terminal = Terminal()
        var asked: [ReviewLine] = []
        // An answer may answer others, too.
        while let line = try await lines(client).first(where: { line in
            !asked.contains { $0.id == line.id && $0.kind == line.kind }
        }) {
            asked.append(line)
            try output.text(Self.text(line, now: Date()))
            guard let terminal else { continue }
            if try await terminal.confirms(Self.question(line)) {
                let answer = ReviewAnswer(
                    peer: line.id.description, kind: line.kind, accepts: true, images: line.images)
                try await self.answer(client, answer)
            } else {
                Output.note("They stay as they are here. \(Self.remedy(line.kind))")
            }
        }
        if asked.isEmpty { Output.note("Nothing waits for an answer.") }
    }

    private func lines(_ client: ControlClient) async throws -> [ReviewLine] {
        try await client.review().filter { line in
            peer.map { $0 == line.name || "\(line.id)".hasPrefix($0.uppercased().filter { $0 != "-" }) } ?? true
        }
    }

    private func answer(_ client: ControlClient, _ answer: ReviewAnswer) async throws {
        let output = shown.output
        let lines = try await client.answer(answer)
        if shown.json { return try lines.forEach(output.line) }
        for line in lines { try output.text(Self.outcome(line, accepted: answer.accepts)) }
    }

    static func text(_ line: ReviewLine, now: Date) -> String {
        let rest = line.images - line.paths.count
        let images = Quantity.count(line.images, "image")
        let (stand, them) = line.images == 1 ? ("stands", "it") : ("stand", "them")
        let did =
            switch line.kind {
            case .deleted: "deleted \(images) that \(stand) here too"
            case .renamed: "renamed \(images) that \(stand) here too"
            case .edited: "edited \(images) that \(stand) here too"
            case .adjusted: "has \(images) edited here with 'syncctl edit'"
            case .claimed: "says that it edited \(images) that \(stand) here, and was never seen to have \(them)"
            }
        let paths = line.paths.enumerated().map { index, path in
            let name = line.names.flatMap { $0.indices.contains(index) ? $0[index] : nil }
            // In the same folder, the name tells it.
            let shown = name.map { $0.folder == path.folder ? $0.name : $0.description }
            return "  \(path.description.printable)" + (shown.map { " → \($0.printable)" } ?? "") + "\n"
        }
        return "\(line.name.printable) (\(line.id.short)) \(did)"
            + (line.since.map { ", \(Quantity.ago($0, now: now))" } ?? "") + ":\n"
            + paths.joined() + (rest > 0 ? "  and \(Quantity.count(rest)) more\n" : "")
    }

    static func question(_ line: ReviewLine) -> String {
        let images = Quantity.count(line.images, "image")
        return switch line.kind {
        case .deleted: "Move \(images) into this machine's trash, as well? [y/N] "
        case .renamed: "Rename \(images) here, as well? [y/N] "
        case .adjusted: "Make the edited pictures of \(images) here? [y/N] "
        case .edited, .claimed: "Put the edits in the place of \(images) here, which stay in .mainstay/versions? [y/N] "
        }
    }

    static func remedy(_ kind: ReviewLine.Kind) -> String {
        switch kind {
        case .deleted: "'syncctl review --no' takes the deletion back on every machine."
        case .renamed: "'syncctl review --no' keeps the names here, and says so to the other machines."
        case .adjusted: "'syncctl review --no' makes none of them here, and asks no more."
        case .edited, .claimed: "'syncctl review --no' keeps both pictures, and asks no more."
        }
    }

    static func outcome(_ line: ReviewLine, accepted: Bool) -> String {
        let images = Quantity.count(line.images, "image")
        let name = line.name.printable
        return switch (line.kind, accepted) {
        case (.deleted, true): "\(images) that \(name) deleted: in this machine's trash now.\n"
        case (.deleted, false): "\(images) that \(name) deleted: taken back on every machine.\n"
        case (.renamed, true): "\(images) that \(name) renamed: renamed here now.\n"
        case (.renamed, false):
            "\(images) that \(name) renamed: the names here count, and other machines hear of it.\n"
        case (.adjusted, true): "\(images) that \(name) has edited: the edited pictures are made now.\n"
        case (.adjusted, false): "\(images) that \(name) has edited: none of the edited pictures is made here.\n"
        case (.edited, true), (.claimed, true): "\(images) that \(name) edited: the edits take their places now.\n"
        case (.edited, false), (.claimed, false): "\(images) that \(name) edited: both pictures stay.\n"
        }
    }
}
