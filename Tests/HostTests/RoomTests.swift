import Foundation
import Glibc
import TestSupport
import Testing

extension HostSuites {
    @Suite("Backup, and room on the small disk")
    struct RoomTests {
        @Test("mains go to the archive, make room on the laptop, and come back bit by bit as they were")
        func roundTrip() async throws {
            try await Trio.run { trio in
                let taken = try await PhotoRoll.shared.take(20, on: trio.laptop, in: "laptop")
                let there = try await PhotoRoll.shared.take(16, on: trio.desktop, in: "desktop")
                let holders = try await trio.waitForAgreement()
                #expect(holders.count == 36 && holders.values.allSatisfy { $0.count == 2 && $0.contains("archive") })
                let all = taken.merging(there) { own, _ in own }
                #expect(try await trio.archive.census().mains == all)
                try await Self.expectBackedUp(trio, taken, there)

                try await Self.expectDryRunsChangeNothing(trio.laptop)
                try await Self.expectFreeing(trio, taken, all)
                try await Self.expectFreeingAsMuchAsPossible(trio, taken, all)
                try await Self.expectFetching(trio, taken)
            }
        }

        private static func expectBackedUp(
            _ trio: Trio, _ taken: [String: String], _ there: [String: String]
        ) async throws {
            for (machine, own, others) in [(trio.laptop, taken, there), (trio.desktop, there, taken)] {
                #expect(try await machine.census().mains == own)
                let status = try await machine.status()
                #expect(status.isConverged(mains: own.count, reduced: others.count))
                #expect(status.safety.atRisk == 0 && status.safety.damaged == 0 && status.safety.paused == nil)
                #expect(status.library.elsewhereBytes > status.library.reducedBytes)
            }
            try await trio.household.expectReducedCopies(on: trio.laptop, of: there)
            let archive = try await trio.archive.status().library
            #expect(archive.mains == taken.count + there.count && archive.reduced == 0 && archive.elsewhereBytes == 0)
        }

        private static func expectDryRunsChangeNothing(_ laptop: Machine) async throws {
            let before = try await laptop.census()
            let evict = try await laptop.work("evict", "--dry-run", "laptop")
            #expect(evict.status == 0)
            #expect(evict.paths("wouldEvict") == Set(before.mains.keys))
            #expect(evict.images.allSatisfy { $0.reason?.contains("archive") ?? false })
            let free = try await laptop.work("free", "2MB", "--dry-run")
            #expect(free.status == 0 && free.done?.bytes ?? 0 >= 2_000_000)
            #expect(try await laptop.census() == before)
        }

        private static func expectFreeing(
            _ trio: Trio, _ taken: [String: String], _ all: [String: String]
        ) async throws {
            let laptop = trio.laptop
            let before = try await laptop.status().library
            let result = try await laptop.work("free", "2MB")
            #expect(result.status == 0, "\(result.err)")
            let gone = result.paths("evicted")
            let after = try await laptop.status().library
            let freed = before.mainBytes + before.reducedBytes - after.mainBytes - after.reducedBytes
            #expect(freed >= 2_000_000 && result.done?.bytes == freed && result.done?.wanted == 2_000_000)
            #expect(gone.count < taken.count, "more went than had to")

            let census = try await laptop.census()
            #expect(census.mains == taken.filter { !gone.contains($0.key) })
            #expect(gone.allSatisfy { census.reduced.contains("\($0).reduced.jpg") })
            #expect(try await trio.archive.census().mains == all)
            let lines = try await laptop.lines(of: "ls", as: ListLine.self).filter { taken[$0.path] != nil }
            let newestGone = lines.filter { gone.contains($0.path) }.compactMap(\.captured).max() ?? ""
            #expect(lines.filter { !gone.contains($0.path) }.allSatisfy { $0.captured ?? "" >= newestGone })
            try await trio.waitForAgreement()
            #expect(try await trio.desktop.status().safety.atRisk == gone.count)
        }

        private static func expectFreeingAsMuchAsPossible(
            _ trio: Trio, _ taken: [String: String], _ all: [String: String]
        ) async throws {
            let laptop = trio.laptop
            let dry = try await laptop.work("free", "10GB", "--dry-run")
            #expect(dry.status == 1 && dry.done?.available ?? 0 > 1_000_000)
            let result = try await laptop.work("free", "10GB")
            #expect(result.status == 1)
            #expect(result.done?.wanted == 10_000_000_000 && result.done?.available == result.done?.bytes)
            #expect(result.done?.bytes ?? 0 > 1_000_000)
            #expect(try await laptop.census().mains.isEmpty)
            #expect(try await trio.archive.census().mains == all)
            let again = try await laptop.syncctl("free", "10GB")
            #expect(again.status == 1 && !again.err.isEmpty)
            try await trio.waitForAgreement()
        }

        private static func expectFetching(_ trio: Trio, _ taken: [String: String]) async throws {
            let laptop = trio.laptop
            let one = try #require(taken.keys.sorted().first)
            let fetched = try await laptop.work("fetch", "\(one).reduced.jpg")
            #expect(fetched.status == 0 && fetched.paths("fetched") == [one], "\(fetched.err)")
            var census = try await laptop.census()
            #expect(census.mains == taken.filter { $0.key == one })
            #expect(!census.reduced.contains("\(one).reduced.jpg"))

            // Slow enough to be in the middle for a while.
            try await trio.archive.host.limitRate("20mbit")
            let watch = try LibraryWatch(laptop.library)
            let fetch = try await laptop.startSyncctl(["fetch", "laptop"])
            try await watch.wait(forEvents: 30, within: .seconds(30))
            fetch.signal(SIGINT)
            let end = try await fetch.waitForEnd()
            #expect(end.end == .exited(1) && String(decoding: end.err, as: UTF8.self).contains("nterrupted"))
            try await laptop.status("fetches no more") { $0.work.pending + $0.work.running + $0.work.failed == 0 }
            census = try await laptop.census()
            #expect(census.mains.count < taken.count, "it was too fast to be interrupted")
            try await trio.waitForAgreement()
            #expect(try await laptop.census().mains == census.mains)

            try await trio.archive.host.limitRate(nil)
            #expect(try await laptop.work("fetch", "laptop").status == 0)
            census = try await laptop.census()
            #expect(census.mains == taken)
            try await trio.waitForAgreement()
            try await trio.expectNothingHalfDone()
        }
    }
}
