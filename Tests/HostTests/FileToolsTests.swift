import Foundation
import TestSupport
import Testing

extension HostSuites {
    /// What people do to their files with the programs that they have, in any order, at one machine and then at another,
    /// with some of them away: at the end all machines show the same pictures under the same names.
    ///
    /// `MAINSTAY_HISTORIES` says how many histories are told, `MAINSTAY_SEED` where they begin.
    @Suite("What people and their programs do to files")
    struct FileToolsTests {
        /// A path by its bytes: Swift's strings do not tell composed accents from decomposed ones.
        typealias Pictures = [[UInt8]: String]

        /// What the people remember: which picture they have under which name.
        struct Story: Sendable {
            var pictures: Pictures
            var dice: SeededGenerator
            var told: [String] = []
            private var edits = 0

            init(_ pictures: Pictures, seed: UInt64) {
                self.pictures = pictures
                dice = SeededGenerator(seed: seed)
            }

            /// The names, in an order that is the same in each run.
            private var names: [String] {
                pictures.keys.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
            }

            /// Does something at `machine`, as one line of a shell would.
            mutating func act(at machine: Machine) async throws {
                switch Int.random(in: 0..<12, using: &dice) {
                case 0..<5: try await rename(at: machine)
                case 5..<10: try await edit(at: machine)
                case 10: try await describe(at: machine)
                default: try await delete(at: machine)
                }
                // Nobody can tell an edit from a removal in what was never looked at.
                try await machine.require("scan")
            }

            private mutating func rename(at machine: Machine) async throws {
                let names = names
                var next = names
                let all = names.indices.shuffled(using: &dice)
                let number = Int.random(in: 0..<1000, using: &dice)
                let deed = Int.random(in: 0..<6, using: &dice)
                switch deed {
                case 0: (next[all[0]], next[all[1]]) = (names[all[1]], names[all[0]])
                case 1:
                    let some = all.prefix(3)
                    for (place, index) in some.enumerated() { next[index] = names[some[(place + 1) % some.count]] }
                case 2:
                    for index in names.indices {
                        next[index] = index + 1 < names.count ? names[index + 1] : "z/next \(number).jpg"
                    }
                case 3:
                    let folder = names[all[0]].split(separator: "/").dropLast().joined(separator: "/")
                    for index in all where !folder.isEmpty && names[index].hasPrefix(folder + "/") {
                        next[index] = "folder \(number)" + names[index].dropFirst(folder.count)
                    }
                case 4:
                    let name = names[all[0]]
                    next[all[0]] = name == name.uppercased() ? name.lowercased() : name.uppercased()
                default:
                    let composed = names[all[0]].precomposedStringWithCanonicalMapping
                    next[all[0]] =
                        composed.utf8.elementsEqual(names[all[0]].utf8)
                        ? composed.decomposedStringWithCanonicalMapping : composed
                }
                guard Set(next.map { Array($0.utf8) }).count == next.count else { return }
                let moved = all.filter { !names[$0].utf8.elementsEqual(next[$0].utf8) }
                if moved.isEmpty { return }
                told.append("\(machine.name): names \(deed)")
                // Where only a reduced copy is, a person renames that.
                let files = try machine.files()
                func move(_ index: Int, _ from: String, _ to: String) -> String {
                    let ending = files.contains(names[index]) ? "" : ".reduced.jpg"
                    return
                        "mkdir -p \"$(dirname \(quoted(to)))\"; mv -T \(quoted(from + ending)) \(quoted(to + ending))"
                }
                let steps =
                    moved.count == 1
                    ? [move(moved[0], names[moved[0]], next[moved[0]])]
                    : moved.map { move($0, names[$0], "t\($0).jpg") }
                        + moved.map { move($0, "t\($0).jpg", next[$0]) }
                try await machine.inLibrary(steps.joined(separator: "; "))
                let before = pictures
                pictures = [:]
                for (name, new) in zip(names, next) { pictures[Array(new.utf8)] = before[Array(name.utf8)] }
            }

            private mutating func edit(at machine: Machine) async throws {
                edits += 1
                guard let name = try here(names, machine).randomElement(using: &dice) else { return }
                let (file, outside) = (quoted(name), "../edited.jpg")
                let rating = "exiftool -q -q -Rating=\(edits % 6) -Comment=\(edits)"
                let ways: [(String, String)] = [
                    ("exiftool", "\(rating) \(file)"),
                    ("exiftool -overwrite_original", "\(rating) -overwrite_original \(file)"),
                    ("exiftool -P in place", "\(rating) -P -overwrite_original_in_place \(file)"),
                    ("mogrify", "mogrify -quality 85 -set comment \(edits) \(file)"),
                    ("convert, mv", "convert \(file) -set comment \(edits) \(outside); mv \(outside) \(file)"),
                    (
                        "cp -p",
                        "cp -p \(file) \(outside); \(rating) -overwrite_original \(outside); cp -p \(outside) \(file)"
                    ),
                    (
                        "rsync -a",
                        "cp \(file) \(outside); \(rating) -overwrite_original \(outside); rsync -a \(outside) \(file)"
                    ),
                ]
                let way = ways[Int.random(in: ways.indices, using: &dice)]
                told.append("\(machine.name): \(way.0) \(name)")
                let old = pictures[Array(name.utf8)]
                let sum = try await machine.inLibrary("\(way.1); sha256sum < \(file)")
                pictures[Array(name.utf8)] = String(sum.prefix(64))
                // It keeps what was there, the first time.
                let kept = Array("\(name)_original".utf8)
                if way.0 == "exiftool", pictures[kept] == nil { pictures[kept] = old }
            }

            private mutating func describe(at machine: Machine) async throws {
                guard let name = try here(names, machine).randomElement(using: &dice) else { return }
                let file = quoted(name)
                let number = Int.random(in: 0..<1000, using: &dice)
                told.append("\(machine.name): touch, setfattr \(file)")
                try await machine.inLibrary(
                    "touch -d '2\(String(format: "%03d", number))-05-06 07:08:09.123456789' \(file); "
                        + "setfattr -n user.tag -v \(number) \(file)")
            }

            private mutating func delete(at machine: Machine) async throws {
                guard pictures.count > 5 else { return }
                let name = names[Int.random(in: names.indices, using: &dice)]
                told.append("\(machine.name): delete \(name)")
                try await machine.require("delete", "--yes", machine.library.path + "/" + name)
                pictures[Array(name.utf8)] = nil
            }

            /// Those of which the machine has the main.
            private func here(_ names: [String], _ machine: Machine) throws -> [String] {
                let files = try machine.files()
                return names.filter(files.contains)
            }

            private func quoted(_ name: String) -> String { "'\(name.replacing("'", with: "'\\''"))'" }
        }

        /// What a machine shows, where its disk has all that its agent says, and nothing else.
        private static func shown(_ machine: Machine) async throws -> Pictures? {
            var (pictures, files): (Pictures, [[UInt8]: String?]) = ([:], [:])
            for line in try await machine.lines(of: "ls", as: ListLine.self) where line.form != "none" {
                pictures[Array(line.path.utf8)] = line.image
                let isMain = line.form == "main"
                files[Array((isMain ? line.path : line.path + ".reduced.jpg").utf8)] = .some(isMain ? line.image : nil)
            }
            let sums = try await machine.inLibrary(
                // A file may go while it is being looked for.
                "find . -path ./.mainstay -prune -o -type f -print0 | { xargs -0r sha256sum --zero -- 2>/dev/null || true; }"
            )
            var found = 0
            for entry in sums.utf8.split(separator: 0) {
                let path = Array(entry.dropFirst(68))
                guard let image = files[path] else { return nil }
                if let image, image != String(decoding: entry.prefix(64), as: UTF8.self) { return nil }
                found += 1
            }
            return found == files.count ? pictures : nil
        }

        /// Times and tags of the mains, by their names.
        private static func described(_ machine: Machine) async throws -> [[UInt8]: String] {
            let lines = try await machine.inLibrary(
                "find . -path ./.mainstay -prune -o -type f ! -name '*.reduced.jpg' -exec sh -c 'for f; do "
                    + "printf \"%s\\t%s\\t\" \"$f\" \"$(stat -c %.9Y \"$f\")\"; "
                    + "getfattr --absolute-names --only-values -n user.tag \"$f\" 2>/dev/null; echo; done' sh {} + || true"
            )
            var all: [[UInt8]: String] = [:]
            for line in lines.split(separator: "\n") {
                let parts = line.split(separator: "\t", maxSplits: 1)
                if parts.count == 2 { all[Array(parts[0].utf8)] = String(parts[1]) }
            }
            return all
        }

        private static func expect(_ story: Story, on trio: Trio, within limit: Duration = .seconds(120)) async throws {
            let clock = ContinuousClock()
            let deadline = clock.now + limit
            var wrong: [String] = []
            repeat {
                wrong = []
                for machine in trio.all {
                    try await machine.status("has nothing left to do", within: limit) { $0.isSettled(peers: 2) }
                    if try await shown(machine) != story.pictures { wrong.append(machine.name) }
                }
                if wrong.isEmpty {
                    // Who keeps reduced copies has not all of them.
                    let desktop = try await described(trio.desktop)
                    let archive = try await described(trio.archive)
                    wrong = desktop.filter { archive[$0.key] != nil && archive[$0.key] != $0.value }
                        .map { "\(String(decoding: $0.key, as: UTF8.self)) with \($0.value)" }
                    if wrong.isEmpty { return }
                }
            } while clock.now < deadline
            let text = { (pictures: Pictures?) in
                (pictures ?? [:]).map { "\($0.value.prefix(4)) \(String(decoding: $0.key, as: UTF8.self))" }.sorted()
            }
            for machine in trio.all {
                print(machine.name, text(try await shown(machine)), try machine.files().sorted())
                print(try await machine.syncctl("status").out)
            }
            throw HostFailure("\(wrong) should have \(text(story.pictures)), after \(story.told)")
        }

        private static let histories: [UInt64] = {
            let environment = ProcessInfo.processInfo.environment
            let first = environment["MAINSTAY_SEED"].flatMap(UInt64.init) ?? 1
            return Array(first..<(first + (environment["MAINSTAY_HISTORIES"].flatMap(UInt64.init) ?? 1)))
        }()

        @Test("end the same everywhere, as the people remember it", arguments: histories)
        func history(seed: UInt64) async throws {
            try await Trio.run { trio in
                try await trio.desktop.makePhotos(4, seed: 1, in: "2019")
                try await trio.desktop.makePhotos(3, seed: 2, in: "2020 é")
                try await trio.waitForAgreement()
                let sums = try await trio.desktop.census().mains
                var story = Story(
                    Dictionary(uniqueKeysWithValues: sums.map { (Array($0.key.utf8), $0.value) }), seed: seed)
                try await Self.expect(story, on: trio)
                for _ in 0..<8 {
                    let (actor, others) =
                        Int.random(in: 0..<3, using: &story.dice) > 0
                        ? (trio.desktop, [trio.archive, trio.laptop]) : (trio.archive, [trio.desktop, trio.laptop])
                    let away = others.filter { _ in Int.random(in: 0..<3, using: &story.dice) == 0 }
                    for machine in away { try await machine.stopAgent() }
                    for _ in 0..<Int.random(in: 1...3, using: &story.dice) { try await story.act(at: actor) }
                    for machine in away { try await machine.startAgent() }
                    try await Self.expect(story, on: trio)
                }
            }
        }
    }
}
