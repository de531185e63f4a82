import TestSupport
import Testing

extension HostSuites {
    @Suite("The archive's cable")
    struct CableTests {
        @Test(
            "pulled while it pulls: nothing is lost, the laptop says what waits and why its mains stay, and it goes on")
        func whilePulling() async throws {
            try await Trio.run { trio in
                let (laptop, archive) = (trio.laptop, trio.archive)
                // Slow enough to be in the middle for a while.
                try await archive.host.limitRate("10mbit")
                let taken = try await PhotoRoll.shared.take(16, on: laptop, in: "laptop")
                try await archive.status("has some") { $0.library.mains >= 3 }
                try await archive.host.linkDown()
                try await laptop.status("knows the archive to be away", within: .seconds(180)) {
                    $0.isOffline("archive")
                }
                let there = try await archive.census().mains
                #expect(there.count < taken.count, "it was too fast to be in the middle")
                #expect(there.allSatisfy { taken[$0.key] == $0.value })

                try await Self.expectMainsToStay(laptop, taken)
                let known = try await laptop.lines(of: "ls", as: ListLine.self)
                let held = try #require(known.first { $0.holders.contains("archive") }).path
                #expect(try await laptop.why(held).contains("archive holds the main and does not answer"))
                if let lonely = known.first(where: { !$0.holders.contains("archive") })?.path {
                    #expect(try await laptop.why(lonely).contains("no other node holds the main"))
                }
                try await archive.status("says what waits", within: .seconds(180)) {
                    $0.work.pending + $0.work.failed >= taken.count - there.count && $0.isOffline("laptop")
                }

                try await archive.host.linkUp()
                try await archive.host.limitRate(nil)
                try await trio.waitForAgreement()
                #expect(try await laptop.census().mains == taken)
                #expect(try await archive.census().mains == taken)
                try await trio.expectNothingHalfDone()
            }
        }

        private static func expectMainsToStay(_ laptop: Machine, _ taken: [String: String]) async throws {
            let evict = try await laptop.work("evict", "laptop")
            #expect(evict.status == 75 && evict.done?.tryAgain == true, "\(evict.err)")
            #expect(evict.paths("kept") == Set(taken.keys))
            #expect(
                evict.images.allSatisfy {
                    $0.reason == "archive holds the main and does not answer"
                        || $0.reason == "no other node holds the main"
                })
            let free = try await laptop.work("free", "1MB")
            #expect(free.status == 75 && free.done?.available == 0, "\(free.err)")
            #expect(try await laptop.census().mains == taken)
        }

        @Test(
            "pulled while the laptop evicts: each image keeps its main or has its reduced copy, and the rest goes later"
        )
        func whileEvicting() async throws {
            try await Trio.run { trio in
                let (laptop, archive) = (trio.laptop, trio.archive)
                let taken = try await PhotoRoll.shared.take(24, on: laptop, in: "laptop")
                try await trio.waitForAgreement()

                let watch = try LibraryWatch(laptop.library)
                let evict = try await laptop.startSyncctl(["evict", "laptop", "--json"])
                try await watch.wait(forEvents: 40, within: .seconds(30))
                try await archive.host.linkDown()
                let result = WorkResult(HostResult(try await evict.waitForEnd(within: .seconds(400))))
                let (gone, kept) = (result.paths("evicted"), result.paths("kept"))
                #expect(!gone.isEmpty && !kept.isEmpty, "it was too fast, or too slow, to be in the middle")
                #expect(gone.union(kept) == Set(taken.keys) && result.status == 1 && result.done?.tryAgain == true)
                let census = try await laptop.census()
                #expect(census.mains == taken.filter { kept.contains($0.key) })
                #expect(gone.allSatisfy { census.reduced.contains("\($0).reduced.jpg") })
                #expect(try await archive.census().mains == taken)

                try await archive.host.linkUp()
                try await trio.waitForAgreement()
                let rest = try await laptop.work("evict", "laptop")
                #expect(rest.paths("evicted") == kept, "\(rest.err)")
                #expect(try await laptop.census().mains.isEmpty)
                #expect(try await archive.census().mains == taken)
                try await trio.waitForAgreement()
                try await trio.expectNothingHalfDone()
                #expect(watch.seen.faults.isEmpty)
            }
        }
    }
}
