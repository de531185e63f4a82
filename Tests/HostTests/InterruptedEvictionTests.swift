import Glibc
import TestSupport
import Testing

extension HostSuites {
    @Suite("An eviction that is interrupted")
    struct InterruptedEvictionTests {
        @Test("killed between the reduced copy and the removal: the main stays, and the copy goes at the next start")
        func killed() async throws {
            try await Household.run { household in
                let laptop = try await household.machine("laptop", avahi: false)
                let archive = try await household.machine("archive", avahi: false, keep: "mains")
                try await laptop.startAgent()
                let holder = try await archive.startAgent()
                try await household.pair(laptop, archive)
                try await laptop.makePhotos(3, seed: 1, in: "2026")
                let mains = try await laptop.mains()
                try await archive.status("has the mains") { $0.library.mains == 3 && $0.work.running == 0 }
                try await laptop.status("knows that it has") { $0.safety.atRisk == 0 && $0.library.images == 3 }

                // Whoever is asked says nothing, so the eviction stands still where the copy is there and the main too.
                holder.signal(SIGSTOP)
                let evicting = try await laptop.startSyncctl(["evict", "2026"])
                try await laptop.status("has a reduced copy") { $0.library.reduced > 0 }
                #expect(try !laptop.reducedCopies().isEmpty)
                try await laptop.killAgent()
                _ = try await evicting.waitForEnd()
                #expect(try !laptop.reducedCopies().isEmpty)
                holder.signal(SIGCONT)

                try await laptop.startAgent()
                let status = try await laptop.status("is in step again") {
                    $0.library.state == "ok" && $0.library.mains == 3 && $0.library.reduced == 0
                        && $0.peers.allSatisfy(\.inSync)
                }
                #expect(status.library.reducedBytes == 0 && status.safety.atRisk == 0)
                #expect(try laptop.reducedCopies().isEmpty)
                #expect(try await laptop.mains() == mains)

                // Whole, it goes through; and a deletion right behind it waits for nobody.
                let evicted = try await laptop.work("evict", "2026")
                #expect(evicted.paths("evicted").count == 3)
                _ = try await laptop.work("delete", "2026", "--yes")
                let emptied = try await archive.status("has put all into the trash", within: .seconds(60)) {
                    $0.library.mains == 0
                }
                #expect(emptied.library.trashImages == 3)
            }
        }
    }
}
