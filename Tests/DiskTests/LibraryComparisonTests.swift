import Disk
import Model
import Planning
import Testing

@Suite("What is known compared with what is found")
struct LibraryComparisonTests {
    private static let second: Int64 = 1_000_000_000
    private static let now: Int64 = 1_000_000 * second

    private func known(_ text: String, inode: UInt64, bytes: Int64 = 10, mtime: Int64 = 5) throws -> KnownFile {
        KnownFile(
            path: try path(text), identity: FileIdentity(bytes: bytes, mtime: mtime, inode: inode, device: 1))
    }

    private func found(
        _ text: String, inode: UInt64, bytes: Int64 = 10, mtime: Int64 = 5, ctime: Int64 = 5, device: UInt64 = 1
    ) throws -> FoundFile {
        FoundFile(
            path: try path(text),
            identity: FileIdentity(bytes: bytes, mtime: mtime, inode: inode, device: device), ctime: ctime)
    }

    private func compare(
        _ known: [KnownFile], _ found: [FoundFile], scope: String = "", total: Int? = nil,
        walk: LibraryWalk.Result = LibraryWalk.Result(), settling: SettlingRule = SettlingRule(time: .seconds(2))
    ) -> LibraryChanges {
        var comparison = LibraryComparison(
            known: known, scope: scope, total: total, now: Self.now, settling: settling)
        comparison.take(found)
        return comparison.finish(walk)
    }

    @Test("Same size, mtime and inode: unchanged, whatever number the device has today")
    func unchanged() throws {
        let changes = compare([try known("a", inode: 1)], [try found("a", inode: 1, device: 7)])
        #expect(changes.unchanged == 1)
        #expect(changes.toHash.isEmpty && changes.vanished.isEmpty && changes.moved.isEmpty)
    }

    @Test("Thousands of files told one by one are each told apart, and what is told last of one counts")
    func manyKnown() throws {
        var comparison = LibraryComparison(
            known: [], now: Self.now, settling: SettlingRule(time: .seconds(2)))
        let all = try (0..<5000).map { try known("folder \($0 % 7)/\($0)", inode: UInt64($0)) }
        for file in all { comparison.know(file) }
        comparison.know(try known("folder 0/0", inode: 9999))
        comparison.take(
            all.dropFirst(10).map { FoundFile(path: $0.path, identity: $0.identity, ctime: 5) }
                + [try found("folder 0/0", inode: 9999), try found("folder 0/new", inode: 8888)])
        let changes = comparison.finish(LibraryWalk.Result())
        #expect(changes.unchanged == 4991)
        #expect(changes.toHash.map(\.path) == [try path("folder 0/new")])
        #expect(changes.vanished == all[1..<10].sorted { $0.path < $1.path })
        #expect(changes.massDisappearance == nil)
    }

    @Test("Names that were swapped or passed around are moves and not read; what is new under an old name is")
    func swapped() throws {
        let all = [try known("a", inode: 1), try known("b", inode: 2), try known("c", inode: 3)]
        let swapped = compare(
            all, [try found("a", inode: 2), try found("b", inode: 1), try found("c", inode: 3)])
        #expect(Set(swapped.moved.map { "\($0.from) \($0.to.path)" }) == ["a b", "b a"])
        #expect(swapped.toHash.isEmpty && swapped.vanished.isEmpty)
        let shifted = compare(
            all,
            [
                try found("a", inode: 9), try found("b", inode: 1), try found("c", inode: 2),
                try found("d", inode: 3),
            ])
        #expect(Set(shifted.moved.map { "\($0.from) \($0.to.path)" }) == ["a b", "b c", "c d"])
        #expect(shifted.toHash.map(\.path) == [try path("a")] && shifted.vanished.isEmpty)
        let overwritten = compare(all, [try found("a", inode: 2), try found("c", inode: 3)])
        #expect(overwritten.moved.map { "\($0.from) \($0.to.path)" } == ["b a"])
        #expect(overwritten.toHash.isEmpty && overwritten.vanished.isEmpty)
    }

    @Test("Another size, mtime or inode: read again", arguments: [(11, 5, 1), (10, 6, 1), (10, 5, 2)])
    func changed(bytes: Int64, mtime: Int64, inode: UInt64) throws {
        let file = try found("a", inode: inode, bytes: bytes, mtime: mtime)
        let changes = compare([try known("a", inode: 1)], [file])
        #expect(changes.toHash == [file])
        #expect(changes.unchanged == 0)
        #expect(changes.vanished.isEmpty)
    }

    @Test("The composed and the decomposed form of a name are two files")
    func normalForms() throws {
        let composed = try known("Caf\u{E9}.jpg", inode: 1)
        let decomposed = try found("Cafe\u{301}.jpg", inode: 2)
        let changes = compare([composed], [try found("Caf\u{E9}.jpg", inode: 1), decomposed])
        #expect(changes.unchanged == 1)
        #expect(changes.toHash == [decomposed])
    }

    @Test("A folder of 5,000 photos that was renamed is 5,000 moves, nothing to read and no disappearance")
    func renamedFolder() throws {
        let before = try (1...5_000).map { try known("old/\($0).jpg", inode: UInt64($0)) }
        let after = try (1...5_000).map { try found("new/\($0).jpg", inode: UInt64($0)) }
        let changes = compare(before, after.shuffled())
        #expect(changes.moved.count == 5_000)
        for move in changes.moved { #expect(move.from.name == move.to.path.name) }
        #expect(changes.toHash.isEmpty)
        #expect(changes.vanished.isEmpty)
        #expect(changes.massDisappearance == nil)
    }

    @Test("A second name of a file that is still there is read; two names that moved are two moves")
    func hardLinks() throws {
        let second = try found("b", inode: 1)
        #expect(compare([try known("a", inode: 1)], [try found("a", inode: 1), second]).toHash == [second])
        let changes = compare(
            [try known("a", inode: 1), try known("b", inode: 1)], [try found("c", inode: 1), try found("d", inode: 1)])
        #expect(changes.moved.map(\.from.description) == ["a", "b"])
        #expect(changes.moved.map(\.to.path.description) == ["c", "d"])
    }

    @Test("A used inode alone is no move: size and mtime must be the same too")
    func reusedInode() throws {
        let changes = compare([try known("a", inode: 1)], [try found("b", inode: 1, mtime: 6)])
        #expect(changes.moved.isEmpty)
        #expect(changes.vanished.map(\.path.description) == ["a"])
        #expect(changes.toHash.count == 1)
    }

    @Test(
        "What lies below a folder that was not read is unknown, not gone",
        arguments: [
            ("dark", ["dark-room/c"]), ("dark/inner", ["dark-room/c", "dark/a"]), ("", []),
            ("dark/a", ["dark-room/c", "dark/inner/b"]),
        ] as [(String, [String])])
    func unread(folder: String, vanished: [String]) throws {
        var walk = LibraryWalk.Result()
        walk.unread = [LibraryWalk.Unread(path: folder, reason: .fault("EIO"))]
        let all = try ["dark/a", "dark/inner/b", "dark-room/c"].enumerated().map {
            try known($0.element, inode: UInt64($0.offset))
        }
        let changes = compare(all, [], walk: walk)
        #expect(changes.vanished.map(\.path.description) == vanished)
        #expect(changes.unknown == 3 - vanished.count)
    }

    @Test("A walk that was stopped makes nothing vanish")
    func stopped() throws {
        var walk = LibraryWalk.Result()
        walk.isStopped = true
        let changes = compare([try known("a", inode: 1)], [try found("b", inode: 1)], walk: walk)
        #expect(changes.vanished.isEmpty)
        #expect(changes.moved.isEmpty)
        #expect(changes.unknown == 1)
    }

    @Test("Only what lies within the scope is compared")
    func scope() throws {
        let changes = compare(
            [try known("a/x", inode: 1), try known("ab/y", inode: 2)], [try found("ab/z", inode: 3)], scope: "a",
            total: 2)
        #expect(changes.vanished.map(\.path.description) == ["a/x"])
        #expect(changes.toHash.isEmpty)
    }

    @Test(
        "More than a quarter, and at least ten, or more than a thousand: too many at once",
        arguments: [
            (1, 3, false), (3, 3, false), (9, 9, false), (10, 10, true), (10, 39, true), (10, 40, false),
            (11, 40, true), (1_000, 4_000, false), (1_001, 1_000_000, true), (1_000, 1_000_000, false), (0, 0, false),
        ])
    func massDisappearance(vanished: Int, of total: Int, isTooMany: Bool) throws {
        #expect((MassDisappearance.check(vanished: vanished, of: total) != nil) == isTooMany)
        let all = try (0..<vanished).map { try known("\($0)", inode: UInt64($0)) }
        #expect((compare(all, [], total: total).massDisappearance != nil) == isTooMany)
    }

    @Test("A known file whose name a walk passes over is not missing")
    func unfinished() throws {
        let changes = compare([try known("a.jpg~", inode: 1), try known("b.jpg", inode: 2)], [])
        #expect(changes.vanished.map(\.path) == [try path("b.jpg")])
    }

    @Test("Another ctime alone has a file read again; one that is not known has not")
    func ctime() throws {
        let file = try found("a", inode: 1, ctime: 7)
        var same = try known("a", inode: 1)
        #expect(compare([same], [file]).toHash.isEmpty, "of an earlier version")
        same.identity.ctime = 7
        #expect(compare([same], [file]).toHash.isEmpty)
        same.identity.ctime = 6
        #expect(compare([same], [file]).toHash == [file])

        let there = try found("b", inode: 1, ctime: 7)
        let renamed = compare([same], [there])
        #expect(renamed.moved.map(\.to.path) == [there.path] && renamed.toHash == [there], "an edit before the rename")
        same.identity.ctime = 7
        let withItsFolder = compare([same], [there])
        #expect(withItsFolder.moved.count == 1 && withItsFolder.toHash.isEmpty)
    }

    @Test("A file that moved within the settling time waits, by mtime or by ctime", arguments: [(1, 100), (100, 1)])
    func unsettled(mtimeAge: Int64, ctimeAge: Int64) throws {
        let file = try found(
            "a", inode: 1, mtime: Self.now - mtimeAge * Self.second, ctime: Self.now - ctimeAge * Self.second)
        let changes = compare([], [file])
        #expect(changes.toHash.isEmpty)
        #expect(changes.unsettled.map(\.lookAgain) == [Self.now + Self.second])
        let moved = try KnownFile(path: path("old"), identity: file.identity)
        #expect(compare([moved], [file]).moved.count == 1, "what is known by its identity needs no settling")
    }

    @Test("A file from the future settles by being seen the same twice")
    func future() throws {
        let file = try found("a", inode: 1, mtime: Self.now * 2, ctime: Self.now * 2)
        let first = compare([], [file])
        #expect(first.unsettled.map(\.lookAgain) == [Self.now + 2 * Self.second])
        let earlier = UnsettledFile(file: file, since: Self.now - 2 * Self.second, lookAgain: Self.now)
        #expect(compare([], [file], settling: SettlingRule(time: .seconds(2), earlier: [earlier])).toHash == [file])
        let grown = try found("a", inode: 1, bytes: 11, mtime: Self.now * 2, ctime: Self.now * 2)
        let again = compare([], [grown], settling: SettlingRule(time: .seconds(2), earlier: [earlier]))
        #expect(again.toHash.isEmpty, "another size begins the wait anew")
    }
}
