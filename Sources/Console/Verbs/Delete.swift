import ArgumentParser
import Control
import Model

struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete images on every machine; they stay in the trash for a while.",
        discussion: """
            Removes images here and on all paired machines, as those hear of it, in every form. Each machine keeps \
            its file in its trash, 30 days unless it is told otherwise; until then 'syncctl restore' takes it back \
            everywhere. (To have a picture gone from this machine only, just remove its file.)

            It asks first, and deletes nothing else than it has asked about. It says what goes besides \
            what is named: the RAW, film and sidecars of a photo, but for --alone, and the same image at another path. \
            --yes answers, and is needed where there is no terminal; --dry-run only says. A PATH is an image or a folder with all \
            below it.

            Examples:
              syncctl delete 2026/05/IMG_0001.JPG
              syncctl delete 2026/05/blurred --dry-run
              syncctl delete --yes 2026/05/IMG_0001.JPG
            """)

    /// Images that the question names; the rest is counted.
    private static let mostNamed = 8

    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false
    @Flag(help: "Only what is named, and not the RAW, film and sidecars that belong to it.")
    var alone = false
    @Flag(help: "Only say what would be deleted.")
    var dryRun = false
    @Argument(help: "Images or folders of the library.", completion: .file())
    var paths: [String]

    func run() async throws {
        let question = try Question(yes: yes || dryRun, what: "Deleting")
        do {
            try await Interruptible.run { try await delete(question, shown.output) }
        } catch is CancellationError {
            throw ControlFailure(.failed, "Interrupted: nothing was deleted.")
        }
    }

    private func delete(_ question: Question, _ output: Output) async throws {
        let client = agent.client
        let status = try await client.status()
        let places = try await LibraryPath(of: status.library).places(paths, known: client.known)
        guard !places.isEmpty else {
            throw ControlFailure(.usage, "That is the whole library: name the images or folders in it to delete.")
        }
        let days = status.library.trashDays
        var request = DeleteRequest(paths: places, alone: alone)
        if question.terminal != nil {
            let meant = try await meant(places, client)
            request.agreed = meant.agreed
            Output.note(
                meant.names.map { "  \($0.printable)" }.joined(separator: "\n")
                    + (meant.count > meant.names.count
                        ? "\n  and \(Quantity.count(meant.count - meant.names.count)) more" : ""))
            try await question.ask(
                "Delete \(Quantity.count(meant.count, "image")) (\(Quantity.bytes(meant.bytes))) on every machine? "
                    + "\(meant.count == 1 ? "It stays" : "They stay") in the trash for \(Quantity.count(days, "day")).",
                otherwise: "Nothing was deleted.")
        }
        if dryRun {
            let run = WorkRun(output: output, interrupted: "nothing was deleted.")
            return try await run.run(client.delete(DeleteRequest(paths: places, dryRun: true, alone: alone))) { tally in
                "\(Quantity.count(tally.count(.wouldDelete), "image")) would be deleted "
                    + "(\(Quantity.bytes(tally.bytes))); nothing was."
            } otherwise: { tally in
                "\(Quantity.count(tally.undone, "path is", "paths are")) not known: see 'syncctl ls'."
            }
        }
        let run = WorkRun(
            output: output, interrupted: "what was deleted so far is in the trash; 'syncctl trash' lists it.")
        try await run.run(client.delete(request)) { tally in
            WorkText.deleted(tally, days: days, paths: paths)
        } otherwise: { tally in
            "\(Quantity.count(tally.undone, "image was", "images were")) not deleted, for the reasons above."
        }
    }

    /// What the paths mean: how many images, how large their mains are, and the first of them: before the others those
    /// that stand elsewhere too. Throws `notFound` where a path means nothing: it is a slip, and what is beside it may be
    /// one, too.
    private func meant(
        _ places: [RelativePath], _ client: ControlClient
    ) async throws -> (count: Int, bytes: Int64, names: [String], agreed: Digest?) {
        var (seen, bytes, names, doubles): (Set<ImageID>, Int64, [String], [String]) = ([], 0, [], [])
        var agreed: Digest?
        for try await message in client.delete(DeleteRequest(paths: places, dryRun: true, alone: alone)) {
            if case .done(let summary) = message { agreed = summary.agreed }
            guard case .image(let line) = message else { continue }
            guard let image = line.image, line.outcome == .wouldDelete else {
                let argument = zip(places, paths).first { $0.0 == line.path }?.1 ?? line.path.description
                throw ControlFailure(
                    .notFound, "No image is known at or below '\(argument)', so nothing was deleted: see 'syncctl ls'.")
            }
            guard seen.insert(image).inserted else { continue }
            bytes += line.bytes
            if let reason = line.reason {
                if doubles.count < Self.mostNamed { doubles.append("\(line.path): \(reason)") }
            } else if names.count < Self.mostNamed {
                names.append(line.path.description)
            }
        }
        return (seen.count, bytes, Array((doubles + names).prefix(Self.mostNamed)), agreed)
    }
}
