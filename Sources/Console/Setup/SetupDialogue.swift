import Control
import Foundation
import Model

/// The three questions of `syncctl setup`, as a person at a terminal answers them. What a flag answers is not asked.
struct SetupDialogue {
    let terminal: Terminal?
    let style: Style
    /// Whether guesses are taken unasked.
    let takesGuesses: Bool

    /// The folder of the photos.
    func library(_ given: String?, present: String?) async throws -> (folder: String, count: FolderCount?) {
        if let given {
            let folder = Self.absolute(given)
            return (folder, FolderCount(folder))
        }
        var guess: String
        if let present {
            guess = present
        } else {
            guess = await WaitingLine.shared.during("looking where your photos are") {
                LibraryGuess.folder(home: Environment.home, environment: Environment.current)
            }
        }
        while true {
            let folder = guess
            let count = await WaitingLine.shared.during("counting what is in \(folder.printable)") {
                FolderCount(folder)
            }
            guard !takesGuesses, let terminal else { return (folder, count) }
            tell(Self.short(folder) + (count.map { ": \($0.text)." } ?? " is not there yet, and will be made."))
            let answer = try await terminal.answer("Are your photos there? Enter for yes, or another folder: ")
            if answer.isEmpty || ["y", "yes"].contains(answer.lowercased()) { return (folder, count) }
            if ["n", "no"].contains(answer.lowercased()) {
                tell("Then say which folder: for example ~/Photos, or /media/\(NSUserName())/disk/DCIM.")
            } else {
                guess = Self.absolute(answer)
            }
        }
    }

    /// Whether the originals of all machines are kept here.
    func keep(_ given: Policy.Keep?, present: Policy.Keep?, folder: String, count: FolderCount?) async throws
        -> Policy.Keep
    {
        if let given { return given }
        let free = KeepGuess.free(folder)
        let guess = free.map { KeepGuess(free: $0, own: count?.bytes ?? 0) }
        let proposed = present ?? (guess?.keepsMains == true ? .mains : .reduced)
        guard !takesGuesses, let terminal else { return proposed }
        tell(
            "One machine at least should keep the originals of all: the one with the big disk. The others show them as small copies."
        )
        let marks = proposed == .mains ? "[Y/n]" : "[y/N]"
        let reason = guess.map { " (\($0.reason))" } ?? ""
        let answer = try await terminal.answer("Keep all originals on this machine?\(reason) \(marks) ").lowercased()
        if answer.isEmpty { return proposed }
        return ["y", "yes"].contains(answer) ? .mains : .reduced
    }

    /// Whom to join: a name, an address or a line; nil for nobody.
    func join(_ given: String?, nearby: [NearbyLine], paired: [PeerLine]) async throws -> String? {
        if let given { return given == "none" ? nil : given }
        guard !takesGuesses, let terminal else { return nil }
        let others = nearby.filter { !$0.paired }
        if !paired.isEmpty { tell("Joined already: \(paired.map(\.name.printable).joined(separator: ", ")).") }
        if others.isEmpty {
            tell(
                "No other machine is seen that is not joined yet. One that is elsewhere gives you a line: 'syncctl invite' there."
            )
            let line = try await terminal.answer("Join which? That line, HOST:PORT, or Enter for none: ")
            return line.isEmpty ? nil : line
        }
        for (index, node) in others.enumerated() { tell("  \(index + 1)  \(node.name.printable) (\(node.id.short))") }
        while true {
            let answer = try await terminal.answer(
                "Join which? A number, a line of 'syncctl invite', or Enter for none: ")
            if answer.isEmpty || answer.lowercased() == "none" { return nil }
            if let number = Int(answer) {
                if others.indices.contains(number - 1) { return others[number - 1].name }
                tell("There is no \(number).")
            } else {
                return answer
            }
        }
    }

    /// Says something to the person who answers.
    func tell(_ text: String) { Output.note(style.paragraph(text)) }

    /// As a shell means it.
    static func absolute(_ typed: String) -> String {
        let path =
            typed == "~" ? Environment.home : typed.hasPrefix("~/") ? Environment.home + typed.dropFirst(1) : typed
        return URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// With `~` for the home.
    static func short(_ path: String) -> String {
        let home = Environment.home
        return (path.hasPrefix(home + "/") ? "~" + path.dropFirst(home.count) : path).printable
    }
}
