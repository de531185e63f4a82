import TestSupport
import Testing

extension HostSuites {
    @Suite("The archive's disk")
    struct LostDiskTests {
        @Test("replaced by an older snapshot of itself: the others lose nothing, and it catches up")
        func snapshot() async throws {
            try await Trio.run { trio in
                let archive = trio.archive
                let old = try await PhotoRoll.shared.take(6, on: trio.laptop, in: "old")
                try await PhotoRoll.shared.take(4, on: trio.desktop, in: "desktop")
                try await trio.waitForAgreement()
                try await archive.stopAgent()
                try await archive.inLibrary("cd .. && mkdir snapshot && cp -a Pictures .local snapshot/")
                try await archive.startAgent()

                let new = try await PhotoRoll.shared.take(6, on: trio.laptop, in: "new")
                try await trio.waitForAgreement()
                let (evicted, deleted) = ("old/IMG_0001.JPG", "old/IMG_0002.JPG")
                #expect(try await trio.laptop.work("evict", evicted).status == 0)
                #expect(try await trio.desktop.work("delete", "--yes", deleted).status == 0)
                let edited = try await PhotoRoll.shared.edit("desktop/IMG_0001.JPG", on: trio.desktop)
                let before = try await trio.waitForAgreement()
                #expect(before[edited] == ["desktop", "archive"] && before.count == 15)
                let laptop = try await trio.laptop.census()
                let desktop = try await trio.desktop.census()

                try await archive.stopAgent()
                try await archive.inLibrary("cd .. && rm -r Pictures .local && mv snapshot/Pictures snapshot/.local .")
                try await archive.startAgent()
                let after = try await trio.waitForAgreement()
                #expect(after == before)
                #expect(try await trio.laptop.census().mains == laptop.mains)
                #expect(try await trio.laptop.census().reduced == laptop.reduced)
                #expect(try await trio.desktop.census().mains == desktop.mains)
                let stored = try await archive.census()
                #expect(new.allSatisfy { stored.mains[$0.key] == $0.value })
                #expect(stored.aside("trash").values.contains(try #require(old[deleted])))
                #expect(try await trio.laptop.work("fetch", evicted).status == 0)
                #expect(try await trio.laptop.census().mains[evicted] == old[evicted])
            }
        }

        @Test("unmounted while it pulls: it waits, says so, goes on when it is back, and nothing is taken for deleted")
        func unmounted() async throws {
            try await Trio.run { trio in
                try await trio.archive.host.require([
                    "sh", "-ec", "mkdir disk; mount -t tmpfs tmpfs disk; mount --bind disk Pictures",
                ])
            } _: { trio in
                let (laptop, archive) = (trio.laptop, trio.archive)
                try await archive.host.limitRate("4mbit")
                let taken = try await PhotoRoll.shared.take(16, on: laptop, in: "laptop")
                try await archive.status("has some") { $0.library.mains >= 3 }
                try await archive.host.require(["umount", "-l", "Pictures"])
                let missing = try await archive.status("says that its disk is away") { $0.library.state == "missing" }
                #expect(missing.safety.paused != nil && missing.library.mains >= 3)
                #expect(missing.library.mains < taken.count, "it was too fast to be in the middle")
                try await archive.host.limitRate(nil)
                // The laptop knows what the archive held, and the archive's folder stays as empty as it is.
                let deadline = ContinuousClock.now + .seconds(60)
                var held = 0
                repeat {
                    // What came last may still be on its way to the laptop.
                    held = try await laptop.lines(of: "ls", as: ListLine.self).count { $0.holders.contains("archive") }
                } while held < 3 && .now < deadline
                #expect(held >= 3)
                #expect(try await archive.host.require(["ls", "-A", "Pictures"]).isEmpty)
                #expect(try await laptop.work("evict", "laptop").status == 75)

                try await archive.host.require(["mount", "--bind", "disk", "Pictures"])
                try await archive.status("has its library again") { $0.library.state == "ok" }
                try await trio.waitForAgreement()
                #expect(try await archive.census().mains == taken)
                #expect(try await laptop.census().mains == taken)
                try await trio.expectNothingHalfDone()
            }
        }
    }
}
