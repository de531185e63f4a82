import Foundation
import TestSupport
import Testing

extension HostSuites {
    @Suite("The exchange")
    struct ExchangeTests {
        /// Photos on each side; 500 in the acceptance run.
        static let photos = Int(ProcessInfo.processInfo.environment["MAINSTAY_PHOTOS"] ?? "") ?? 60
        /// SIGKILLs in the first exchange; 50 in the acceptance run.
        static let kills = Int(ProcessInfo.processInfo.environment["MAINSTAY_KILLS"] ?? "") ?? 10
        /// The seed of what is killed when.
        static let seed = UInt64(ProcessInfo.processInfo.environment["MAINSTAY_SEED"] ?? "") ?? 1

        @Test("turns the photos of both sides into reduced copies on the other, and leaves the mains as they were")
        func bothWays() async throws {
            try await Household.run { household in
                let (laptop, archive) = try await household.twoMachines()
                try await laptop.makePhotos(Self.photos, seed: 1, in: "laptop")
                try await archive.makePhotos(Self.photos, seed: 2, in: "archive")
                let before = try await laptop.mains()
                let beforeThere = try await archive.mains()
                #expect(before.count == Self.photos && beforeThere.count == Self.photos)
                let watches = [try LibraryWatch(laptop.library), try LibraryWatch(archive.library)]

                let clock = ContinuousClock()
                let start = clock.now
                try await household.pairByInvitation(laptop, archive)
                try await household.waitForConvergence(laptop, archive)
                print("\(Self.photos) photos each way in \(clock.now - start)")

                try await Self.expectAllWell(household, laptop, archive, before, beforeThere, watches)
                let status = try await laptop.status()
                #expect(status.library.elsewhereBytes > status.library.reducedBytes)
                #expect(status.safety.damaged == 0 && status.safety.paused == nil)
            }
        }

        @Test("survives SIGKILL of either agent at random moments, and shows no partial file at any")
        func kills() async throws {
            try await Household.run { household in
                let (laptop, archive) = try await household.twoMachines()
                try await laptop.makePhotos(Self.photos, seed: 3, in: "laptop")
                try await archive.makePhotos(Self.photos, seed: 4, in: "archive")
                let before = try await laptop.mains()
                let beforeThere = try await archive.mains()
                let machines = [laptop, archive]
                let watches = [try LibraryWatch(laptop.library), try LibraryWatch(archive.library)]
                try await household.pairByInvitation(laptop, archive)

                var chance = SeededGenerator(seed: Self.seed)
                for number in 1...max(1, Self.kills) {
                    let victim = Int.random(in: 0...1, using: &chance)
                    let events = Int.random(in: 0...40, using: &chance)
                    // A moment is so many changes of its library later; one at which nothing happens is one too.
                    try await watches[victim].wait(forEvents: events, within: .seconds(2))
                    try await machines[victim].killAgent()
                    // Now and then it is killed while it starts.
                    if number.isMultiple(of: 4) {
                        try await machines[victim].launchAgent()
                        try await watches[victim].wait(forEvents: 1, within: .milliseconds(300))
                        try await machines[victim].killAgent()
                    }
                    try await machines[victim].startAgent()
                }
                try await household.waitForConvergence(laptop, archive)
                try await Self.expectAllWell(household, laptop, archive, before, beforeThere, watches)
            }
        }

        private static func expectAllWell(
            _ household: Household, _ laptop: Machine, _ archive: Machine, _ before: [String: String],
            _ beforeThere: [String: String], _ watches: [LibraryWatch]
        ) async throws {
            #expect(try await laptop.mains() == before)
            #expect(try await archive.mains() == beforeThere)
            try await household.expectReducedCopies(on: laptop, of: beforeThere)
            try await household.expectReducedCopies(on: archive, of: before)
            for watch in watches {
                #expect(watch.seen.faults.isEmpty)
                #expect(watch.seen.looks >= photos, "the watch saw too little to have an opinion")
            }
        }
    }
}
