import TestSupport
import Testing

extension HostSuites {
    @Suite("A network that changes")
    struct NetworkChangeTests {
        @Test("they meet again after the address of one changed")
        func newAddress() async throws {
            try await Household.run { household in
                let (laptop, archive) = try await household.twoPairedMachines()
                try await archive.makePhotos(2, seed: 1, in: "before")
                try await household.waitForConvergence(laptop, archive)
                try await archive.host.set(address: "10.77.0.177")
                try await archive.makePhotos(2, seed: 2, in: "after")
                try await laptop.makePhotos(2, seed: 3, in: "here")
                try await household.waitForConvergence(laptop, archive)
                try await household.expectReducedCopies(on: laptop, of: try await archive.mains())
            }
        }

        @Test("they meet again after one was killed and came back at another address")
        func restartedElsewhere() async throws {
            try await Household.run { household in
                let (laptop, archive) = try await household.twoPairedMachines()
                try await archive.killAgent()
                try await archive.host.set(address: "10.77.0.178")
                try await archive.startAgent()
                try await archive.makePhotos(2, seed: 1, in: "after")
                try await household.waitForConvergence(laptop, archive)
            }
        }

        @Test("they go on where they were after the cable of one was pulled in the middle of an exchange")
        func linkDown() async throws {
            try await Household.run { household in
                let (laptop, archive) = try await household.twoMachines()
                try await archive.makePhotos(20, seed: 1, in: "trip")
                let before = try await archive.mains()
                // Slow enough to be in the middle for a while.
                try await archive.host.limitRate("20mbit")
                let watch = try LibraryWatch(laptop.library)
                try await household.pairByInvitation(laptop, archive)
                try await watch.wait(forLooks: 3)
                try await archive.host.linkDown()
                try await laptop.status("shows its peer offline", within: .seconds(180)) {
                    $0.peers.first?.state == "offline"
                }
                try await laptop.makePhotos(2, seed: 2, in: "meanwhile")
                try await archive.host.linkUp()
                try await archive.host.limitRate(nil)
                try await household.waitForConvergence(laptop, archive)
                try await household.expectReducedCopies(on: laptop, of: before)
                #expect(watch.seen.faults.isEmpty)
                #expect(try await archive.mains() == before)
            }
        }

        @Test("a network cut between them, cables still live, is bridged as soon as it is whole again")
        func partition() async throws {
            try await Household.run { household in
                let (laptop, archive) = try await household.twoPairedMachines()
                try await household.network.partition([[laptop.host], [archive.host]])
                try await archive.makePhotos(2, seed: 1, in: "there")
                try await laptop.makePhotos(2, seed: 2, in: "here")
                try await archive.status("knows its own photos") { $0.library.mains == 2 }
                try await household.network.heal()
                try await household.waitForConvergence(laptop, archive)
            }
        }
    }
}
