import TestSupport
import Testing

extension HostSuites {
    @Suite("Deleting and restoring")
    struct DeletionTests {
        @Test(
            "a deletion reaches everybody's trash, an edit made meanwhile is kept, and restoring undoes it everywhere")
        func apart() async throws {
            try await Trio.run { trio in
                let (laptop, desktop, archive) = (trio.laptop, trio.desktop, trio.archive)
                let taken = try await PhotoRoll.shared.take(5, on: laptop, in: "laptop")
                let there = try await PhotoRoll.shared.take(5, on: desktop, in: "desktop")
                let all = taken.merging(there) { own, _ in own }
                try await trio.waitForAgreement()
                let (own, other, edited) = ("laptop/IMG_0001.JPG", "desktop/IMG_0001.JPG", "desktop/IMG_0002.JPG")
                let (ownImage, otherImage) = (try #require(all[own]), try #require(all[other]))
                let before = try #require(all[edited])

                try await archive.host.linkDown()
                try await trio.household.network.partition([[laptop.host], [desktop.host]])
                let deleted = try await laptop.work("delete", "--yes", own, "\(other).reduced.jpg", edited)
                #expect(deleted.status == 0 && deleted.paths("deleted") == [own, other, edited], "\(deleted.err)")
                #expect(try await laptop.census().aside("trash").values.contains(ownImage))
                let after = try await PhotoRoll.shared.edit(edited, on: desktop)
                try await Self.wait(desktop, lists: after)
                try await trio.household.network.heal()
                try await archive.host.linkUp()

                var holders = try await trio.waitForAgreement()
                #expect(holders[ownImage] == nil && holders[otherImage] == nil && holders[before] == nil)
                #expect(holders[after] == ["desktop", "archive"])
                #expect(holders.count == all.count - 2)
                try await Self.expectTrash(of: laptop, [ownImage], count: 3)
                try await Self.expectTrash(of: desktop, [otherImage], count: 2)
                let stored = try await archive.census()
                try await Self.expectTrash(of: archive, [ownImage, otherImage], count: nil)
                #expect(
                    (stored.aside("trash").merging(stored.aside("versions")) { one, _ in one }).values.contains(before))

                #expect(try await desktop.syncctl("restore", own, other).status == 0)
                holders = try await trio.waitForAgreement()
                #expect(holders[ownImage] == ["laptop", "archive"] && holders[otherImage] == ["desktop", "archive"])
                #expect(try await laptop.census().mains == taken)
                #expect(try await desktop.census().mains == there.merging([edited: after]) { $1 })
                try await trio.expectNothingHalfDone()
            }
        }

        @Test("one that was off the whole time comes back, and only fills its trash")
        func away() async throws {
            try await Trio.run { trio in
                let taken = try await PhotoRoll.shared.take(6, on: trio.laptop, in: "laptop")
                let there = try await PhotoRoll.shared.take(3, on: trio.desktop, in: "desktop")
                try await trio.waitForAgreement()
                try await trio.archive.stopAgent()
                #expect(try await trio.desktop.work("delete", "--yes", "laptop").done?.images == taken.count)
                try await trio.laptop.status("has deleted its photos") { $0.library.mains == 0 }
                try await trio.archive.startAgent()
                let holders = try await trio.waitForAgreement()
                #expect(Set(holders.keys) == Set(there.values))
                let archive = try await trio.archive.census()
                #expect(archive.mains == there)
                #expect(archive.aside("trash").values.sorted() == taken.values.sorted())
                #expect(try await trio.archive.status().library.trashImages == taken.count)
                #expect(try await trio.laptop.census().aside("trash").values.sorted() == taken.values.sorted())
            }
        }

        private static func wait(_ machine: Machine, lists image: String) async throws {
            let clock = ContinuousClock()
            let deadline = clock.now + .seconds(60)
            repeat {
                if try await machine.lines(of: "ls", as: ListLine.self).contains(where: { $0.image == image }) {
                    return
                }
            } while clock.now < deadline
            throw HostFailure("\(machine.name) does not list the image \(image) within a minute")
        }

        private static func expectTrash(of machine: Machine, _ images: Set<String>, count: Int?) async throws {
            let trash = try await machine.census().aside("trash")
            #expect(images.isSubset(of: trash.values), "the trash of \(machine.name)")
            if let count { #expect(trash.count == count, "the trash of \(machine.name)") }
        }
    }
}
