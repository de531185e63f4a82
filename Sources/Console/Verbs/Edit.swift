import ArgumentParser
import Control
import Foundation
import Model

struct Edit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Edit pictures: a preview at once, the full picture from the machine that holds the main.",
        discussion: """
            What is to be done becomes a recipe of a few hundred bytes. A preview is made here at once from the \
            reduced copy; the machine that holds the main makes the full picture, a new image NAME.edited.jpg beside \
            the old one, which is never touched. Every edit gives a picture of its own, --undo takes one back, and \
            'syncctl export' writes the full picture to a file.

            A PATH is an image or a folder with all below it, as with 'syncctl fetch'. Pictures that came of an edit \
            are left out where a folder is named; named themselves, they are edited further.

            Operations are done in the order in which they are listed below, however they are given. Numbers may have a \
            sign and up to three decimals.

            Examples:
              syncctl edit IMG_0001.JPG --exposure +0.5 --crop 3:2
              syncctl edit IMG_0001.JPG --straighten -1.5 --auto --preview
              syncctl edit IMG_0001.JPG --temperature 12 --contrast 10 --save warm.json
              syncctl edit 2026/05/*.JPG --recipe warm.json
              syncctl edit IMG_0001.JPG --preview -o look.jpg
              syncctl edit --list 2026/05
              syncctl edit IMG_0001.JPG --undo
            """)

    @OptionGroup(title: "Operations") var look: LookOptions
    @Option(help: ArgumentHelp("Write the look to a file, for --recipe.", valueName: "file"), completion: .file())
    var save: String?
    @Flag(help: "Open the preview; with no operation, that of the latest edit.")
    var preview = false
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("With --preview: write it to this file, not to a screen.", valueName: "file"),
        completion: .file())
    var file: String?
    @Flag(name: .shortAndLong, help: "Replace the file of --save or -o where it is there already.")
    var force = false
    @Flag(help: "Wait until the full pictures are made.")
    var wait = false
    @Flag(help: "Take back the latest edit of each image; of a picture that came of an edit, that one.")
    var undo = false
    @Flag(help: "List the edits of images at or below the PATHs, or of all images.")
    var list = false
    @Flag(help: "With --list: show edits that were taken back, too; --json lists them in any case.")
    var all = false
    @OptionGroup var agent: AgentOptions
    @OptionGroup var shown: OutputOptions
    @Argument(help: "Images or folders of the library.", completion: .file())
    var paths: [String] = []

    func validate() throws {
        let word = try look.word()
        if list, undo || preview || wait || save != nil || !word.isEmpty {
            throw ValidationError("--list changes nothing: leave out the other options, or --list.")
        }
        if all, !list { throw ValidationError("--all goes with --list: it shows undone edits, too.") }
        if undo, preview || wait || save != nil || !word.isEmpty {
            throw ValidationError("--undo goes with no operation: undo first, then edit again.")
        }
        if !list, paths.isEmpty {
            throw ValidationError("Say what to edit: syncctl edit 2026/05/IMG_0001.JPG --exposure +0.5, for example.")
        }
        if file != nil, !preview {
            throw ValidationError("-o is where --preview is written: add --preview, or see 'syncctl export'.")
        }
        if file == "-", shown.json {
            throw ValidationError("--json says what became of it, and the preview itself goes to -: leave out one.")
        }
        if force, file == nil, save == nil { throw ValidationError("--force goes with --save or -o.") }
        if !list, !undo, word.isEmpty, wait || save != nil || !preview {
            throw ValidationError(
                "Say what to do with it: syncctl edit \(WorkText.shellWord((paths.first ?? "PATH").printable)) "
                    + "--exposure +0.5, for example.")
        }
        // What comes from a file is known only when that is read.
        if !word.isEmpty, !word.hasRecipe, try word.wish().isNeutral {
            throw ValidationError("These operations change nothing: give one that does, such as --exposure +0.5.")
        }
    }

    func run() async throws {
        let word = try look.word()
        let wish = word.isEmpty ? nil : try word.wish(on: look.recipe.map(LookFile.read) ?? .neutral)
        if let wish, wish.isNeutral {
            throw ControlFailure(.usage, "The recipe changes nothing: add an operation, such as --exposure +0.5.")
        }
        let client = agent.client
        let library = try await client.status().library
        let places = try await LibraryPath(of: library).places(paths, known: client.known)
        if list { return try await Self.list(client.edits(under: places), all: all, shown) }
        guard !places.isEmpty else {
            throw ControlFailure(.usage, "That is the whole library: name the images or folders in it.")
        }
        let saved = try save.map { try FilePlace($0, replaces: force, library: library.path) }
        let copy = try file.map { try FilePlace($0, replaces: force, library: library.path) }
        if case .file? = copy?.kind, paths.count > 1 {
            throw ControlFailure(.usage, "-o takes the preview of one image: name one, or a folder with -o.")
        }
        let showing = Preview(library: library.path)
        try await Interruptible.run {
            guard wish != nil || undo else { return try await show(client, places, showing, copy) }
            let request = EditRequest(paths: places, action: wish.map { .apply($0) } ?? .undo, wait: wait)
            // Where the preview goes to standard output, nothing else does.
            let output = file == "-" ? Output.errors : shown.output
            let tally = try await EditRun(output: output, request: request).run(client.edit(request))
            let done = tally.edits.filter { !$0.state.isUndone && $0.state != .skipped }
            if let saved, let look = done.first?.look {
                try await NewFile.write(to: saved) { try await $0.write(LookFile.bytes(look)) }
            }
            if preview, !done.isEmpty { try await show(done, showing, copy) }
            if let failure = tally.failure { throw failure }
        }
    }

    private static func list(
        _ edits: AsyncThrowingStream<EditLine, any Error>, all: Bool, _ shown: OutputOptions
    ) async throws {
        let output = shown.output
        var lines: [EditLine] = []
        for try await edit in edits {
            if shown.json { try output.line(edit) } else { lines.append(edit) }
        }
        if shown.json { return }
        guard !lines.isEmpty else { return Output.note("No edits.") }
        try output.text(
            EditTable.listed(lines, all: all, output.style, now: Date()).joined(separator: "\n") + "\n")
    }

    /// The latest edit of each image, shown without any edit.
    private func show(
        _ client: ControlClient, _ places: [RelativePath], _ preview: Preview, _ copy: FilePlace?
    ) async throws {
        var latest: [EditLine] = []
        for try await edit in client.edits(under: places)
        where edit.state != .undone && edit.path != latest.last?.path {
            latest.append(edit)
        }
        guard !latest.isEmpty else {
            throw ControlFailure(.notFound, "No edit is known there: make one, such as with --exposure +0.5.")
        }
        if shown.json { try latest.forEach(shown.output.line) }
        try await show(latest, preview, copy)
    }

    private func show(_ edits: [EditLine], _ preview: Preview, _ copy: FilePlace?) async throws {
        guard let copy else {
            if edits.count > 1 {
                Output.note("\(Quantity.count(edits.count, "preview")) are here; the first is shown.")
            }
            if let first = edits.first { try await preview.show(first) }
            return
        }
        if case .folder = copy.kind {
            for edit in edits { try await preview.write(edit, to: copy) }
        } else if edits.count == 1 {
            try await preview.write(edits[0], to: copy)
        } else {
            throw ControlFailure(
                .failed,
                "\(Quantity.count(edits.count, "preview")) do not go into one file: name one image, or a folder with -o."
            )
        }
    }
}
