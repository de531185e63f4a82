import Agent
import Control
import Disk
import Foundation
import Imaging
import Model
import TestSupport
import Testing

@Suite("Names that a person gives are followed", .serialized)
struct NamesTests {
    /// The main's path of every picture of a node's library, be it a main or a reduced copy.
    private static func names(_ node: TestNode) throws -> [ImageID: [String]] {
        var names: [ImageID: [String]] = [:]
        for file in try node.files {
            let bytes = try node.read(file)
            if let marker = ImageInspector.facts(of: bytes).marker {
                names[marker.image, default: []].append(String(file.dropLast(RelativePath.reducedSuffix.count)))
            } else {
                names[ImageID(of: bytes), default: []].append(file)
            }
        }
        return names
    }

    private static func same(_ a: [ImageID: [String]], _ b: [ImageID: [String]]) -> Bool {
        a.count == b.count
            && a.allSatisfy { image, names in
                guard let others = b[image], names.count == others.count else { return false }
                return zip(names, others).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
            }
    }

    private static func wait(_ node: TestNode, for names: [ImageID: [String]]) async throws {
        do {
            try await node.wait("the names") { status in
                status.work.running == 0 && ((try? Self.same(Self.names(node), names)) ?? false)
            }
        } catch {
            Issue.record(
                "\(error) It has \(try Self.names(node).values.sorted { $0[0] < $1[0] }), and should have \(names.values.sorted { $0[0] < $1[0] })"
            )
            throw error
        }
    }

    private static func move(_ node: TestNode, _ from: String, _ to: String) throws {
        let (source, target) = (node.library.path + "/" + from, node.library.path + "/" + to)
        try FileManager.default.createDirectory(
            atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        guard rename(source, target) == 0 else { throw TestNode.Failure("\(from) to \(to): errno \(errno)") }
    }

    /// A person who renames, and remembers what is called how.
    private struct Person: Sendable {
        let node: TestNode
        var names: [String]
        let images: [ImageID]
        var dice: SeededGenerator
        var story: [String] = []

        var model: [ImageID: [String]] { Dictionary(uniqueKeysWithValues: zip(images, names.map { [$0] })) }

        mutating func act() throws {
            var next = names
            let all = names.indices.shuffled(using: &dice)
            let some = Array(all.prefix(Int.random(in: 2...all.count, using: &dice)))
            let deed = Int.random(in: 0..<7, using: &dice)
            switch deed {
            case 0: (next[all[0]], next[all[1]]) = (names[all[1]], names[all[0]])
            case 1: for (place, index) in some.enumerated() { next[index] = names[some[(place + 1) % some.count]] }
            case 2:
                let sorted = names.indices.sorted {
                    Array(names[$0].utf8).lexicographicallyPrecedes(Array(names[$1].utf8))
                }
                for (place, index) in sorted.enumerated() {
                    next[index] =
                        place + 1 < sorted.count ? names[sorted[place + 1]] : "z/next\(dice.next() % 1000).jpg"
                }
            case 3: next[all[0]] = "new\(dice.next() % 1000)/p.jpg"
            case 4:
                let folder = names[all[0]].split(separator: "/").dropLast().joined(separator: "/")
                let other = "folder\(dice.next() % 1000)"
                for index in all where !folder.isEmpty && names[index].hasPrefix(folder + "/") {
                    next[index] = other + names[index].dropFirst(folder.count)
                }
            case 5:
                let name = names[all[0]]
                next[all[0]] = name == name.uppercased() ? name.lowercased() : name.uppercased()
            default:
                let name = names[all[0]]
                let composed = name.precomposedStringWithCanonicalMapping
                next[all[0]] =
                    Array(composed.utf8) == Array(name.utf8) ? name.decomposedStringWithCanonicalMapping : composed
            }
            guard Set(next.map { Array($0.utf8) }).count == next.count else { return }
            story.append("\(deed)")
            let moved = names.indices.filter { !names[$0].utf8.elementsEqual(next[$0].utf8) }.shuffled(using: &dice)
            for index in moved { try NamesTests.move(node, names[index], "t\(index).jpg") }
            for index in moved { try NamesTests.move(node, "t\(index).jpg", next[index]) }
            names = next
        }
    }

    private static let first = ["2019/a.jpg", "2019/b.jpg", "2019/é.jpg", "2020/c.jpg", "2020/d.jpg", "e.jpg", "f.jpg"]

    @Test(
        "Names that are passed on while the watch looks at the first of them are followed, also those of reduced copies"
    )
    func passedOn() async throws {
        let act = Mutexed<(@Sendable () -> Void)?>(nil)
        let calls = FaultyCalls { call in
            if call.kind == .status, call.name == "t.jpg.reduced.jpg", let deed = act.value {
                act.value = nil
                deed()
            }
            return nil
        }
        try await withTemporaryFolder { folder in
            try await TestNode.run("desk", in: folder, configure: { $0.reduceMore() }) { desk in
                try await TestNode.run("laptop", in: folder, calls: calls, configure: { $0.reduceMore() }) { laptop in
                    try await laptop.join(desk)
                    let (one, two) = (try Photo.large(1), try Photo.large(2))
                    try desk.put(one, "a.jpg")
                    try desk.put(two, "b.jpg")
                    try await laptop.settle(images: 2)
                    try await desk.wait("word of both copies") {
                        $0.peers.first?.images == 2 && $0.peers.first?.inSync == true
                    }
                    let library = laptop.library
                    let pass = { @Sendable (from: String, to: String) in
                        _ = rename(
                            library.appending(path: "\(from).jpg.reduced.jpg").path,
                            library.appending(path: "\(to).jpg.reduced.jpg").path)
                    }
                    act.value = {
                        pass("b", "a")
                        pass("t", "b")
                    }
                    pass("a", "t")
                    try await desk.wait("both names") { _ in
                        (try? desk.read("a.jpg")) == two && (try? desk.read("b.jpg")) == one
                    }
                    let isDone = act.value == nil
                    #expect(isDone, "it was done while the watch looked")
                    #expect(try desk.files == ["a.jpg", "b.jpg"])
                }
            }
        }
    }

    @Test("What cannot have its name is a problem with its reason, until it has")
    func beside() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("desk", in: folder) { desk in
                try await TestNode.run("laptop", in: folder) { laptop in
                    try desk.put(try Photo.large(1), "a.jpg")
                    try laptop.put(try Photo.large(2), "a.jpg")
                    for node in [desk, laptop] { try await node.wait("its own") { $0.library.mains == 1 } }
                    try await desk.join(laptop)
                    for (node, other) in [(desk, "laptop"), (laptop, "desk")] {
                        let beside = "a (\(other)).jpg"
                        try await node.wait("the other's") { status in
                            let problem = status.problems.first { $0.subject == "names" }
                            return status.library.reduced == 1
                                && problem?.reason.hasPrefix("'\(beside)' stands beside the name") == true
                        }
                        let why = try await node.control.why(RelativePath(beside))
                        #expect(why.next.reason == "another photo has its name, 'a.jpg', here, until that is free")
                    }
                    try laptop.move("a.jpg", to: "b.jpg")
                    for node in [desk, laptop] {
                        try await node.wait("both names") { status in
                            !status.problems.contains { $0.subject == "names" } && status.library.images == 2
                        }
                        try await node.settle(images: 2)
                    }
                    #expect(try desk.files == ["a.jpg", "b.jpg.reduced.jpg"])
                    #expect(try laptop.files == ["a.jpg.reduced.jpg", "b.jpg"])
                }
            }
        }
    }

    @Test("A file that cannot get its name is a problem, until the next look finds that it can")
    func hindered() async throws {
        try await Household.run { laptop, archive in
            try laptop.put(try Photo.large(1), "a.jpg")
            try await archive.wait("the main") { $0.library.mains == 1 && $0.work.running == 0 }
            // Where a folder is to be stands an empty file, which nobody gets.
            try archive.put([], "sub")
            _ = try await archive.scan()
            try FileManager.default.createDirectory(
                at: laptop.library.appending(path: "sub"), withIntermediateDirectories: false)
            try laptop.move("a.jpg", to: "sub/a.jpg")
            try await archive.wait("the problem") { status in
                status.problems.contains {
                    $0.subject == "a.jpg" && $0.reason.hasPrefix("It should be called 'sub/a.jpg', and")
                }
            }
            try archive.remove("sub")
            _ = try await archive.scan()
            try await archive.wait("the name") { status in
                (try? archive.files) == ["sub/a.jpg"] && status.problems.isEmpty
            }
        }
    }

    @Test(
        "Swaps, rotations, shifts, case, accents and folders, with peers away and back",
        arguments: [1] as [UInt64])
    func people(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            let keepsMains = { @Sendable (it: inout AgentConfiguration) in
                it.reduceMore()
                it.policy.keep = .mains
            }
            try await TestNode.run("desk", in: folder) { desk in
                var images: [ImageID] = []
                for (number, name) in Self.first.enumerated() {
                    let photo = try Photo.large(number + 1)
                    images.append(ImageID(of: photo))
                    try desk.put(photo, name)
                }
                var person = Person(
                    node: desk, names: Self.first, images: images, dice: SeededGenerator(seed: seed))
                for visit in 0..<4 {
                    let before = person
                    person = try await TestNode.run("archive", in: folder, configure: keepsMains) { archive in
                        try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                            var person = before
                            if visit == 0 {
                                try await archive.join(desk)
                                try await laptop.join(desk)
                            }
                            for _ in 0..<4 {
                                try await Self.wait(archive, for: person.model)
                                try await Self.wait(laptop, for: person.model)
                                for _ in 0..<Int.random(in: 1...3, using: &person.dice) { try person.act() }
                                if Bool.random(using: &person.dice) { _ = try await desk.scan() }
                            }
                            try await Self.wait(archive, for: person.model)
                            try await Self.wait(laptop, for: person.model)
                            #expect(try Self.same(Self.names(desk), person.model))
                            return person
                        }
                    }
                    for _ in 0..<Int.random(in: 1...4, using: &person.dice) { try person.act() }
                }
            }
        }
    }

    @Test(
        "Two machines that rename one folder apart end with one name",
        arguments: [("alps", "berge"), ("berge", "alps")])
    func apart(here: String, there: String) async throws {
        try await withTemporaryFolder { folder in
            let keepsMains = { @Sendable (it: inout AgentConfiguration) in it.policy.keep = .mains }
            try await TestNode.run("desk", in: folder) { desk in
                var model: [ImageID: [String]] = [:]
                for number in 1...5 {
                    let photo = try Photo.small(number)
                    try desk.put(photo, "trip/\(number).jpg")
                    model[ImageID(of: photo)] = ["trip/\(number).jpg"]
                }
                let old = model
                try await TestNode.run("archive", in: folder, configure: keepsMains) { archive in
                    try await archive.join(desk)
                    try await Self.wait(archive, for: old)
                }
                try Self.move(desk, "trip", here)
                _ = try await desk.scan()
                let away = folder.appending(path: "archive/library").path
                #expect(rename(away + "/trip", away + "/" + there) == 0)
                try await TestNode.run("archive", in: folder, configure: keepsMains) { archive in
                    // Of two words that do not know of each other the one that sorts first counts; where the archive heard
                    // of the desk's before it looked at its library, its own is the later one.
                    let names = try await archive.wait("one name") { status in
                        guard let mine = try? Self.names(archive), let theirs = try? Self.names(desk) else {
                            return false
                        }
                        return status.work.running == 0 && Self.same(mine, theirs)
                            && Set(mine.values.joined().map { $0.prefix { $0 != "/" } }).count == 1
                    }
                    #expect(names.library.mains == 5)
                    let folder = try #require(try archive.files.first).prefix { $0 != "/" }
                    #expect(folder == "alps" || folder == there)
                    // The last word is anybody's.
                    try Self.move(archive, String(folder), "summit")
                    let last = old.mapValues { $0.map { "summit" + $0.dropFirst(4) } }
                    try await Self.wait(desk, for: last)
                    #expect(try Self.same(Self.names(archive), last))
                }
            }
        }
    }

    @Test(
        "A name that is taken here is had as soon as it is free, and the one beside it stays until then",
        arguments: [("desk", "b.jpg", "b (desk).jpg"), ("desk.local", "b", "b (desk.local)")])
    func taken(node: String, name: String, beside: String) async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run(node, in: folder, configure: { $0.reduceMore() }) { desk in
                try await TestNode.run("archive", in: folder, configure: { $0.policy.keep = .mains }) { archive in
                    let photo = try Photo.small(1)
                    try desk.put(photo, "a.jpg")
                    try await archive.join(desk)
                    try await Self.wait(archive, for: [ImageID(of: photo): ["a.jpg"]])
                    try archive.put(try Photo.large(3), name)
                    try await desk.wait("a copy of it") { $0.library.reduced == 1 && $0.work.running == 0 }
                    try Self.move(desk, "a.jpg", name)
                    try await archive.wait("a name beside") { _ in
                        (try? archive.files.sorted()) == [beside, name].sorted()
                    }
                    _ = try await archive.scan()
                    #expect(try archive.files.sorted() == [beside, name].sorted())
                    try archive.remove(name)
                    try await archive.wait("the name") { _ in (try? archive.files) == [name] }
                    #expect(try archive.read(name) == photo)
                }
            }
        }
    }
}
