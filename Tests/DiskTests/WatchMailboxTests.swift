import Model
import Testing

@testable import Disk

@Suite("What waits between the watch and the agent", .timeLimit(.minutes(5)))
struct WatchMailboxTests {
    private func settled(_ text: String, mtime: Int64 = 1) throws -> WatchEvent {
        .settled(
            FoundFile(
                path: try RelativePath(text), identity: FileIdentity(bytes: 1, mtime: mtime, inode: 1, device: 1),
                ctime: mtime))
    }

    @Test("A file saved again and again is one event, its last, as long as no name has changed in between")
    func coalescing() async throws {
        let mailbox = WatchMailbox(limit: 10)
        for mtime in 1...5 { mailbox.deliver([try settled("a", mtime: Int64(mtime))]) }
        mailbox.deliver([try settled("b")])
        #expect(try await mailbox.next() == [settled("a", mtime: 5), settled("b")])
        let removed = WatchEvent.removed(try RelativePath("a"))
        mailbox.deliver([try settled("a"), removed, try settled("a", mtime: 2)])
        #expect(try await mailbox.next() == [settled("a"), removed, settled("a", mtime: 2)])
    }

    @Test("An agent that takes nothing up costs a walk and no memory; what a person must be told is kept")
    func flood() async throws {
        let mailbox = WatchMailbox(limit: 10)
        mailbox.deliver([.rescanAll(.watchLimit)])
        for index in 0..<100 { mailbox.deliver([try settled("\(index)")]) }
        let batch = try #require(await mailbox.next())
        #expect(batch.count <= 11)
        #expect(batch.prefix(2) == [.rescanAll(.watchLimit), .rescanAll(.tooMuch)])
        mailbox.deliver([.libraryGone(reason: "gone.")])
        mailbox.finish()
        #expect(await mailbox.next() == [.libraryGone(reason: "gone.")])
        #expect(await mailbox.next() == nil)
    }

    @Test("A folder in the tree keeps what is below wherever it goes")
    func table() {
        var table = WatchTable()
        table.put(1, "", in: nil)
        table.put(2, "a", in: 1)
        table.put(3, "b", in: 2)
        table.put(4, "c", in: 3)
        #expect(table.path(1) == "")
        #expect(table.path(4) == "a/b/c")
        table.put(3, "x", in: 1)
        #expect(table.path(4) == "x/c")
        #expect(table.child("b", of: 2) == nil)
        #expect(table.child("x", of: 1) == 3)
        // Another folder takes the name; the old one, told of later, must not take it along.
        table.put(5, "x", in: 1)
        #expect(table.remove(3).sorted() == [3, 4])
        #expect(table.child("x", of: 1) == 5)
        #expect(table.path(4) == nil)
        #expect(table.descriptors == [1, 2, 5])
    }
}
