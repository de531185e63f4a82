import Foundation
import TestSupport
import Testing

extension HostSuites {
    /// What a paired peer can cost a machine: its disk, its memory, its time, its photos' names.
    @Suite("A hostile peer, at work")
    struct HostileLoadTests {
        @Test(
            "that publishes more than the disk has room for leaves free what must stay free",
            arguments: ["mains", "reduced"])
        func fill(keep: String) async throws {
            try await Household.run { household in
                let machine = try await household.machine("attic", avahi: false, keep: keep)
                try await machine.host.require(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", "Pictures"])
                try await machine.startAgent()
                let host = try await household.network.host("stranger")
                let hostile = try await Hostile("fill", on: host, against: machine)
                try await hostile.told("published")
                // What there is no room for is tried again and again, so it is never done.
                let full = try await machine.status("says that its disk is full") { status in
                    status.problems.contains { $0.subject == "disk" || $0.reason.hasPrefix("There is no room for") }
                        && status.work.running == 0
                }
                #expect(full.library.images - full.library.missing > 10)
                // As stat(1) says it: free blocks, all blocks, bytes of each.
                let space = try await machine.inLibrary("stat -f -c '%a %b %S' .").split(whereSeparator: \.isWhitespace)
                let (free, total, block) = (Int(space[0]) ?? 0, Int(space[1]) ?? 0, Int(space[2]) ?? 0)
                #expect(free * block >= total * block / 20, "\(free) of \(total) blocks are free")
                #expect(
                    free * block < total * block / 5, "the disk was not filled: \(free) of \(total) blocks are free")
                // A person's own photo has that room.
                try await machine.makeSmallPhotos(1, in: "mine")
                try await machine.status("lists a new photo") { $0.library.mains == full.library.mains + 1 }
                #expect(try await hostile.end().counts["served"] ?? 0 > 0)
            }
        }

        @Test(
            "that renames and deletes everything gets its share of that: the rest waits for a person, and nothing is lost"
        )
        func mass() async throws {
            try await Household.withLaptop(photos: 0) { _, laptop, host in
                try await laptop.makeSmallPhotos(120, in: "trip")
                try await laptop.status("lists its photos") { $0.library.mains == 120 }
                let originals = try await laptop.mains()
                let hostile = try await Hostile("mass", on: host, against: laptop)
                try await hostile.told("renamed")
                try await laptop.status("asks about the names") { status in
                    status.problems.contains { $0.subject == "review" } && status.peers.contains { $0.inSync }
                        && status.work.running + status.work.pending == 0
                }
                #expect(try await laptop.lines(of: "review", as: WaitingLine.self).map(\.kind) == ["renamed"])
                #expect(try laptop.files().count { $0.hasPrefix("elsewhere/") } <= 30)

                hostile.cue("delete")
                try await hostile.told("deleted")
                try await laptop.status("asks about the deletions") { status in
                    status.problems.contains { $0.subject == "review" && $0.reason.contains("liar deletes") }
                        && status.peers.contains { $0.inSync } && status.work.running + status.work.pending == 0
                }
                let kinds = try await laptop.lines(of: "review", as: WaitingLine.self).map(\.kind)
                #expect(kinds.contains("deleted"))
                let stored = try await laptop.census()
                #expect(stored.aside("trash").count <= 30)
                #expect(stored.mains.count >= 90)
                #expect(Set(originals.values).isSubset(of: Set(stored.files.values)))
                _ = try await hostile.end()
            }
        }

        @Test(
            "that is a guest says what it likes: nothing of it comes here or counts; and one that may not see sees nothing"
        )
        func rights() async throws {
            try await Household.withLaptop(photos: 2) { _, laptop, host in
                let originals = try await laptop.census()
                let hostile = try await Hostile("say", on: host, against: laptop, as: "guest")
                #expect(try await hostile.told("said").counts["images"] == 2)
                try await laptop.status("has heard all") { status in
                    status.peers.contains { $0.inSync } && status.work.running + status.work.pending == 0
                }
                #expect(try await laptop.census().mains == originals.mains)
                #expect(try await laptop.status().library.images == 2)
                #expect(try await laptop.census().aside("trash").isEmpty)
                #expect(try await laptop.lines(of: "review", as: WaitingLine.self).isEmpty)

                try await laptop.require("deny", "liar", "sees")
                hostile.cue("look")
                let blind = try await hostile.told("looked")
                #expect(blind.counts["listed"] == 0 && blind.counts["counted"] == 0)
                #expect(blind.outcomes == ["main": "notFound", "reduced": "notFound", "hold": "notFound"])
                _ = try await hostile.end()
            }
        }

        @Test(
            "that has a list without end, in either coding, or with endless lines costs no memory, and holds nothing up"
        )
        func bombs() async throws {
            try await Household.withLaptop(photos: 1) { _, laptop, host in
                let before = try laptop.memory().now
                var bombs: [Hostile] = []
                for play in ["deflate-bomb", "endless-list", "long-line"] {
                    let bomb = try await Hostile(play, on: host, against: laptop)
                    try await bomb.told("asked")
                    bombs.append(bomb)
                }
                try await laptop.status("has given up the endless ones, and refused the line") { status in
                    status.peers.count { $0.problem != nil && !$0.inSync } == 2
                        && status.peers.contains { $0.refused == 1 && $0.inSync }
                }
                try await laptop.makePhotos(1, seed: 9, in: "new")
                let status = try await laptop.status("lists a new photo") { $0.library.mains == 2 }
                #expect(status.library.images == 2)
                let grown = try laptop.memory().most - before
                #expect(grown < 150_000_000, "the agent grew by \(grown) bytes")
                for bomb in bombs { _ = try await bomb.end() }
            }
        }

        @Test(
            "that asks for ten thousand reduced copies at once is refused, and a new photo comes to an honest peer meanwhile"
        )
        func flood() async throws {
            try await Household.withLaptop(photos: 2) { household, laptop, host in
                let archive = try await household.machine("archive", avahi: false)
                try await archive.startAgent()
                try await household.pairByInvitation(laptop, archive)
                let hostile = try await Hostile("flood", on: host, against: laptop)
                try await hostile.told("flooding")
                try await laptop.makePhotos(1, seed: 9, in: "new")
                try await archive.status("has the new photo too") {
                    $0.library.images == 3 && $0.library.reduced == 3 && $0.library.missing == 0
                }
                let counts = try await hostile.end().counts
                #expect(counts["busy"] ?? 0 >= 100)
                print("of ten thousand requests at once: \(counts)")
            }
        }

        @Test("that gives cause for thousands of complaints has its share of them, in the log and in what is shown")
        func babble() async throws {
            try await Household.run { household in
                let attic = try await household.machine("attic", avahi: false, keep: "mains")
                let agent = try await attic.startAgent()
                let host = try await household.network.host("stranger")
                let hostile = try await Hostile("babble", on: host, against: attic)
                for round in 1...3 {
                    try await hostile.told("babbled \(round)")
                    try await attic.status("has asked for all") { status in
                        status.work.failed == 1000
                            && status.problems.contains { $0.subject.hasPrefix("babble \(round)") }
                    }
                    hostile.cue("on")
                }
                let problems = try await attic.status().problems
                #expect((1...60).contains(problems.count), "\(problems.count) problems are shown")
                let lines = agent.output.lines.count { $0.contains("peer=liar") }
                // Of each minute; the third round ends in the second one at the latest.
                #expect((1...60).contains(lines), "\(lines) lines in the log")
                print("three thousand mains that are none: \(lines) lines, \(problems.count) problems")
                _ = try await hostile.end()
            }
        }

        @Test(
            "that has pictures reduced which are far larger in memory than on the disk gets none, and costs little memory"
        )
        func rubbish() async throws {
            try await Household.run { household in
                let attic = try await household.machine("attic", avahi: false, keep: "mains")
                try await attic.startAgent()
                let host = try await household.network.host("stranger")
                let hostile = try await Hostile("rubbish", on: host, against: attic)
                let count = try await hostile.told("published").counts["pictures"]
                try await attic.status("has its pictures") {
                    $0.library.mains == count && $0.peers.contains { $0.inSync }
                }
                let before = try attic.memory().now
                hostile.cue("ask")
                let counts = try await hostile.told("asked").counts
                #expect(counts["unprocessable"] == count, "\(counts)")
                let grown = try attic.memory().most - before
                #expect(grown < 200_000_000, "the agent grew by \(grown) bytes")
                print("\(count ?? 0) pictures of 400 megapixels: the agent grew by \(grown) bytes")
                _ = try await hostile.end()
            }
        }

        @Test(
            "that deletes tens of thousands of images which nobody ever had has its share of that, and takes it with it when it is unpaired"
        )
        func words() async throws {
            try await Household.withLaptop(photos: 1) { household, laptop, host in
                let hostile = try await Hostile("words", on: host, against: laptop)
                #expect(try await hostile.told("published").counts["words"] == 30_000)
                try await laptop.status("has the whole list") { $0.peers.contains { $0.inSync } }
                hostile.cue("look")
                let passedOn = try await hostile.told("looked").counts["passedOn"] ?? 0
                #expect((20_000...20_001).contains(passedOn))
                try await laptop.require("unpair", "liar")
                let next = try await Hostile("words", on: host, against: laptop, as: "guest", "--count", "1")
                try await next.told("published")
                next.cue("look")
                #expect(try await next.told("looked").counts["passedOn"] == 1)
                for play in [hostile, next] { _ = try await play.end() }
            }
        }
    }
}

extension Machine {
    /// Makes photos that are small, and so quickly made.
    fileprivate func makeSmallPhotos(_ count: Int, in folder: String) async throws {
        try await host.require([
            HostBinaries.syncd, "make-photos", library.appending(path: folder).path, "--count", "\(count)", "--seed",
            "77",
            "--width", "320", "--height", "240",
        ])
    }
}
