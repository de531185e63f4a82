import Agent
import Control
import Disk
import Foundation
import Glibc
import Imaging
import Model
import TestSupport
import Testing

/// What people do to files, in any order, and what all machines show at the end: the same pictures under the same names.
///
/// `MAINSTAY_HISTORIES` says how many histories are told, `MAINSTAY_SEED` where they begin.
@Suite("Histories of files", .serialized)
struct HistoryTests {
    /// A picture as the people know it.
    struct Picture: Sendable {
        var path: String
        var number: Int
        /// Counts its edits: each has other bytes.
        var edition: Int

        var bytes: [UInt8] { get throws { try Photo.rated(number, edition) } }
    }

    /// A path by its bytes: Swift's strings do not tell composed accents from decomposed ones.
    typealias Contents = [[UInt8]: ImageID]

    /// What happens, and what the people remember of it.
    struct Story: Sendable {
        var pictures: [Picture]
        var dice: SeededGenerator
        var edition = 0
        var told: [String] = []
        /// Where the archive is found by the laptop, as neither is there all the time.
        var port = 0

        var model: Contents {
            get throws {
                try Dictionary(
                    uniqueKeysWithValues: pictures.map { (Array($0.path.utf8), ImageID(of: try $0.bytes)) })
            }
        }

        mutating func act(at node: TestNode) throws {
            switch Int.random(in: 0..<10, using: &dice) {
            case 0..<5: try rename(at: node)
            case 5..<9: try edit(at: node)
            default: try touch(at: node)
            }
        }

        private mutating func rename(at node: TestNode) throws {
            let names = pictures.map(\.path)
            var next = names
            let all = names.indices.shuffled(using: &dice)
            let some = Array(all.prefix(Int.random(in: 2...all.count, using: &dice)))
            let deed = Int.random(in: 0..<7, using: &dice)
            switch deed {
            case 0: (next[all[0]], next[all[1]]) = (names[all[1]], names[all[0]])
            case 1: for (place, index) in some.enumerated() { next[index] = names[some[(place + 1) % some.count]] }
            case 2:
                let sorted = names.indices.sorted { names[$0].utf8.lexicographicallyPrecedes(names[$1].utf8) }
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
                next[all[0]] =
                    names[all[0]] == names[all[0]].uppercased()
                    ? names[all[0]].lowercased() : names[all[0]].uppercased()
            default:
                let composed = names[all[0]].precomposedStringWithCanonicalMapping
                next[all[0]] =
                    composed.utf8.elementsEqual(names[all[0]].utf8)
                    ? composed.decomposedStringWithCanonicalMapping : composed
            }
            guard Set(next.map { Array($0.utf8) }).count == next.count else { return }
            told.append("\(node.name): names \(deed)")
            let moved = names.indices.filter { !names[$0].utf8.elementsEqual(next[$0].utf8) }.shuffled(using: &dice)
            if moved.count == 1 {
                try Self.move(node, names[moved[0]], next[moved[0]])
            } else {
                for index in moved { try Self.move(node, names[index], "t\(index).jpg") }
                for index in moved { try Self.move(node, "t\(index).jpg", next[index]) }
            }
            for index in next.indices { pictures[index].path = next[index] }
        }

        private mutating func edit(at node: TestNode) throws {
            let index = Int.random(in: pictures.indices, using: &dice)
            let way = EditedPictureTests.Way.allCases.randomElement(using: &dice) ?? .inPlace
            let old = pictures[index]
            told.append("\(node.name): edits \(old.path), \(way)")
            edition += 1
            pictures[index].edition = edition
            try way.save(try pictures[index].bytes, at: old.path, on: node)
            if way == .backup {
                // One backup is enough: where there was one, it is written over.
                let path = "\(old.path)_original"
                pictures.removeAll { $0.path.utf8.elementsEqual(path.utf8) }
                pictures.append(Picture(path: path, number: old.number, edition: old.edition))
            }
        }

        private mutating func touch(at node: TestNode) throws {
            let path = pictures[Int.random(in: pictures.indices, using: &dice)].path
            let time = Int64(dice.next() % 2_000_000_000) * 1_000_000_000 + 123_456_789
            told.append("\(node.name): touches \(path)")
            let calls = LinuxCalls()
            let file = try calls.open(nil, node.library.appending(path: path).path, flags: O_WRONLY, mode: 0)
            defer { calls.close(file) }
            try calls.setModified(file, to: time)
        }

        private static func move(_ node: TestNode, _ from: String, _ to: String) throws {
            let target = node.library.path + "/" + to
            try FileManager.default.createDirectory(
                atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            guard Glibc.rename(node.library.path + "/" + from, target) == 0 else {
                throw TestNode.Failure("\(from) to \(to): errno \(errno)")
            }
        }
    }

    private static func contents(_ node: TestNode) throws -> Contents {
        var contents: Contents = [:]
        for file in try node.files {
            let bytes = try node.read(file)
            if let marker = ImageInspector.facts(of: bytes).marker {
                contents[Array(file.utf8.dropLast(RelativePath.reducedSuffix.utf8.count))] = marker.image
            } else {
                contents[Array(file.utf8)] = ImageID(of: bytes)
            }
        }
        return contents
    }

    private static func times(_ node: TestNode) throws -> [[UInt8]: Date] {
        var times: [[UInt8]: Date] = [:]
        for file in try node.files {
            let all = try FileManager.default.attributesOfItem(atPath: node.library.appending(path: file).path)
            times[Array(file.utf8)] = all[.modificationDate] as? Date
        }
        return times
    }

    private static func wait(_ nodes: [TestNode], for story: Story) async throws {
        let model = try story.model
        for node in nodes {
            do {
                try await node.wait("the pictures") { status in
                    status.work.running == 0 && (try? contents(node)) == model
                }
            } catch {
                let text = { (all: Contents) in
                    all.map { "\($0.value.description.prefix(4)) \(String(decoding: $0.key, as: UTF8.self))" }.sorted()
                }
                Issue.record(
                    "\(node.name) has \(text(try contents(node))), and should have \(text(model)), after \(story.told)")
                throw error
            }
        }
    }

    private static let histories: [UInt64] = {
        let environment = ProcessInfo.processInfo.environment
        let first = environment["MAINSTAY_SEED"].flatMap(UInt64.init) ?? 3
        return Array(first..<(first + (environment["MAINSTAY_HISTORIES"].flatMap(UInt64.init) ?? 1)))
    }()

    @Test(
        "All machines end with the same pictures, names and times, with some of them away and back",
        arguments: histories)
    func history(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("desk", in: folder, configure: { $0.reduceMore() }) { desk in
                let paths = ["2019/a.jpg", "2019/b.jpg", "2019/é.jpg", "2020/c.jpg", "2020/d.jpg", "e.jpg"]
                var story = Story(
                    pictures: paths.enumerated().map { Picture(path: $1, number: $0 + 1, edition: 0) },
                    dice: SeededGenerator(seed: seed))
                for picture in story.pictures { try desk.put(try picture.bytes, picture.path) }
                for visit in 0..<3 {
                    let before = story
                    let keepsMains = { @Sendable (it: inout AgentConfiguration) in
                        it.reduceMore()
                        it.policy.keep = .mains
                        it.port = before.port
                    }
                    story = try await TestNode.run("archive", in: folder, configure: keepsMains) { archive in
                        try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                            var story = before
                            story.port = archive.port
                            if visit == 0 {
                                try await archive.join(desk)
                                try await laptop.join(desk)
                                try await laptop.join(archive)
                            }
                            for _ in 0..<4 {
                                try await Self.wait([archive, laptop, desk], for: story)
                                // In turn, at one machine or the other.
                                let node = Int.random(in: 0..<3, using: &story.dice) == 0 ? archive : desk
                                for _ in 0..<Int.random(in: 1...3, using: &story.dice) {
                                    try story.act(at: node)
                                    // Nobody can tell an edit from a removal in what was never looked at.
                                    _ = try await node.scan()
                                }
                            }
                            try await Self.wait([archive, laptop, desk], for: story)
                            if try Self.times(desk).keys == Self.times(archive).keys {
                                do {
                                    try await archive.wait("the times") { _ in
                                        let (here, there) = (try? Self.times(desk), try? Self.times(archive))
                                        return here == there
                                    }
                                } catch {
                                    let (times, there) = (try Self.times(desk), try Self.times(archive))
                                    for (path, time) in times where there[path] != time {
                                        Issue.record(
                                            "\(String(decoding: path, as: UTF8.self)): \(time) at desk, \(there[path] as Any) at the archive, after \(story.told)"
                                        )
                                    }
                                    throw error
                                }
                            }
                            return story
                        }
                    }
                    for _ in 0..<Int.random(in: 1...4, using: &story.dice) {
                        try story.act(at: desk)
                        _ = try await desk.scan()
                    }
                }
            }
        }
    }
}
