import Foundation
import TestSupport
import Testing

/// People who do things with three machines, and somebody who pulls their plugs: all by one seed.
///
/// Knows every main that ever was, so it can tell at the end whether one is lost.
struct Chaos {
    /// A main that ever was.
    private struct Made {
        var path: String
        var isDeletedPerhaps = false
        var isReplaced = false
        /// Whether somebody may have asked for a hold on it: an edit then waits for up to five minutes for its place.
        var isHeldPerhaps = false
    }

    private let trio: Trio
    private let watches: [LibraryWatch]
    private var chance: SeededGenerator
    private var made: [String: Made] = [:]
    private var batch = 0
    private var done: [String: Int] = [:]
    private var outcomes: [String: Int] = [:]
    /// What was done, in its order.
    private(set) var story: [String] = []
    /// False once something turned out to be lost.
    private(set) var isWell = true

    init(_ trio: Trio, seed: UInt64) async throws {
        self.trio = trio
        chance = SeededGenerator(seed: seed)
        watches = try trio.all.map { try LibraryWatch($0.library) }
        for machine in [trio.laptop, trio.desktop] { try await takePhotos(6, on: machine) }
    }

    /// The mains that were edited or deleted.
    var unwanted: Set<String> { Set(made.filter { $0.value.isReplaced || $0.value.isDeletedPerhaps }.keys) }

    /// What was done, counted.
    var summary: String {
        "\(Self.counts(done)); \(Self.counts(outcomes)); \(made.count) mains ever made, "
            + "\(made.values.count(where: \.isReplaced)) of them edited"
    }

    private static func counts(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
    }

    /// Begins one thing or another, kills one of the three in the midst of it, and starts it again.
    mutating func killOnce() async throws {
        var commands: [Command] = []
        for _ in 0...Int.random(in: 0...2, using: &chance) { commands += try await beginSomething() }
        let victim = Int.random(in: 0...2, using: &chance)
        let events = Int.random(in: 0...30, using: &chance)
        // A moment is so many changes of its library later; one at which nothing happens is one too.
        try await watches[victim].wait(forEvents: events, within: .milliseconds(1500))
        let machine = trio.all[victim]
        try await machine.killAgent()
        note("kill", "\(machine.name) after \(events) events")
        // Now and then it is killed while it starts.
        if Int.random(in: 0...5, using: &chance) == 0 {
            try await machine.launchAgent()
            try await watches[victim].wait(forEvents: 1, within: .milliseconds(300))
            try await machine.killAgent()
            note("kill", "\(machine.name) while it started")
        }
        try await machine.startAgent()
        for command in commands {
            let end = try await command.process.waitForEnd(within: .seconds(200))
            story.append("  \(command.name): \(end.end.map { "\($0)" } ?? "")")
            for image in WorkResult(HostResult(end)).images { outcomes[image.outcome, default: 0] += 1 }
        }
    }

    private struct Command {
        var name: String
        var process: HostProcess
    }

    private mutating func beginSomething() async throws -> [Command] {
        let machine = Bool.random(using: &chance) ? trio.laptop : trio.desktop
        switch Int.random(in: 0..<100, using: &chance) {
        case 0..<25:
            try await takePhotos(Int.random(in: 1...4, using: &chance), on: machine)
            return []
        case 25..<45:
            for image in made.keys { made[image]?.isHeldPerhaps = true }
            let size = ["1MB", "3MB", "10GB"].randomElement(using: &chance) ?? "1MB"
            return [try await begin("free", [size], on: machine)]
        case 45..<60: return [try await begin("fetch", pickPaths(3), on: machine)]
        case 60..<72:
            // Both let go of the same at once.
            let paths = pickPaths(4)
            for image in made.keys where paths.contains(made[image]?.path ?? "") { made[image]?.isHeldPerhaps = true }
            let first = try await begin("evict", paths, on: trio.laptop)
            let second = try await begin("evict", paths, on: trio.desktop)
            return [first, second]
        case 72..<80:
            let paths = pickPaths(2)
            for image in made.keys where paths.contains(made[image]?.path ?? "") {
                made[image]?.isDeletedPerhaps = true
            }
            let anyone = trio.all.randomElement(using: &chance) ?? machine
            return [try await begin("delete", ["--yes"] + paths, on: anyone)]
        case 80..<88:
            let deleted = made.values.filter(\.isDeletedPerhaps).map(\.path).sorted()
            guard let path = deleted.randomElement(using: &chance) else { return [] }
            let anyone = trio.all.randomElement(using: &chance) ?? machine
            return [try await begin("restore", [path], on: anyone)]
        case 88..<94:
            try await edit(on: machine)
            return []
        default:
            let anyone = trio.all.randomElement(using: &chance) ?? machine
            return [try await begin("verify", ["--all"], on: anyone)]
        }
    }

    private mutating func begin(_ verb: String, _ arguments: [String], on machine: Machine) async throws -> Command {
        let name = "\(verb) \(arguments.joined(separator: " ")) on \(machine.name)"
        note(verb, name)
        let process = try await machine.startSyncctl([verb] + arguments + ["--json"])
        return Command(name: name, process: process)
    }

    private mutating func pickPaths(_ most: Int) -> [String] {
        let paths = Set(made.values.map(\.path)).sorted()
        return (0..<Int.random(in: 1...most, using: &chance)).compactMap { _ in paths.randomElement(using: &chance) }
    }

    private mutating func takePhotos(_ count: Int, on machine: Machine) async throws {
        batch += 1
        let photos = try await PhotoRoll.shared.take(count, on: machine, in: "\(machine.name)-\(batch)")
        for (path, image) in photos { made[image] = Made(path: path) }
        note("photos", "\(count) photos on \(machine.name), batch \(batch)")
    }

    /// Edits a main that stands on the machine and, for what it was is to be found later, on the archive too.
    private mutating func edit(on machine: Machine) async throws {
        let here = try await machine.census().mains
        let there = try await trio.archive.census().mains
        let both = here.filter { path, image in
            guard there[path] == image, let main = made[image] else { return false }
            return !main.isDeletedPerhaps && !main.isHeldPerhaps
        }.keys.sorted()
        guard let path = both.randomElement(using: &chance), let before = here[path] else { return }
        let image = try await PhotoRoll.shared.edit(path, on: machine)
        made[before]?.isReplaced = true
        made[image] = Made(path: path)
        note("edit", "edit of \(path) on \(machine.name)")
    }

    private mutating func note(_ kind: String, _ line: String) {
        done[kind, default: 0] += 1
        story.append(line)
    }

    /// Every main that ever was is there, bit by bit, on one of the three: in the library; in a trash, if it was
    /// deleted; among the versions, if it was edited.
    mutating func expectNothingLost() async throws {
        var (mains, aside): (Set<String>, Set<String>) = ([], [])
        for machine in trio.all {
            let census = try await machine.census()
            mains.formUnion(census.mains.values)
            aside.formUnion(census.aside("trash").values)
            aside.formUnion(census.aside("versions").values)
        }
        let lost = made.filter { image, main in
            let mayBeAside = main.isDeletedPerhaps || main.isReplaced
            return !(mains.contains(image) || (mayBeAside && aside.contains(image)))
        }
        #expect(lost.isEmpty, "lost: \(lost.map { "\($0.value.path) (\($0.key.prefix(8)))" })")
        #expect(mains.isSubset(of: made.keys), "mains that nobody made")
        for watch in watches { #expect(watch.seen.faults.isEmpty) }
        isWell = lost.isEmpty
    }
}
