import Foundation
import TestSupport
import Testing

extension HostSuites {
    /// What a paired peer can do that keeps to nothing, and what a stranger can, to the programs that ship.
    @Suite("A hostile peer")
    struct HostileTests {
        @Test("that proves originals with what it reads from the very node that asks proves none: all stay")
        func relay() async throws {
            try await Household.withLaptop(photos: 4) { _, laptop, host in
                let originals = try await laptop.mains()
                let hostile = try await Hostile("relay", on: host, against: laptop)
                #expect(try await hostile.told("copied").counts["images"] == 4)
                try await laptop.status("knows what it says") { $0.peers.contains { $0.inSync && $0.images == 4 } }

                // A member is not even asked.
                let asMember = try await laptop.work("evict", "trip")
                #expect(asMember.paths("kept") == Set(originals.keys))
                #expect(asMember.images.allSatisfy { $0.reason?.contains("allow liar keeps") == true })

                // An archive that was taken over is, and gets nothing of what is being evicted.
                try await laptop.require("allow", "liar", "keeps")
                let asArchive = try await laptop.work("evict", "trip")
                #expect(asArchive.paths("kept") == Set(originals.keys))
                #expect(asArchive.images.allSatisfy { $0.reason?.isEmpty == false })
                hostile.cue("fetch")
                let relayed = try await hostile.told("fetched").counts
                #expect(relayed["asked"] ?? 0 > 0)
                #expect(relayed["conflict"] == relayed["asked"])
                #expect(relayed["stolen"] == nil && relayed["proved"] == nil)

                // What it got after it said that it had it, it is not asked to prove.
                let afterwards = try await laptop.work("evict", "trip")
                #expect(afterwards.paths("kept") == Set(originals.keys))
                #expect(afterwards.images.allSatisfy { $0.reason?.contains("got this very main from here") == true })
                #expect(try await hostile.end().counts["asked"] == relayed["asked"])
                #expect(try await laptop.mains() == originals)
                #expect(try laptop.reducedCopies().isEmpty)
            }
        }

        @Test(
            "that calls fifty pictures the edit of an original that it never had: all stand beside it, and a person is asked"
        )
        func replace() async throws {
            try await Household.withLaptop(photos: 2) { _, laptop, host in
                let originals = try await laptop.mains()
                let paths = originals.keys.sorted()
                let (foreign, own) = (paths[0], paths[1])
                let hostile = try await Hostile("replace", on: host, against: laptop, as: "member", "--count", "50")
                #expect(try await hostile.told("claimed").counts["rounds"] == 50)
                let status = try await laptop.status("has all of them") {
                    $0.library.mains == 52 && $0.work.running == 0
                }
                #expect(status.library.versionsBytes == 0)
                let stored = try await laptop.census()
                #expect(stored.aside("versions").isEmpty)
                #expect(originals.allSatisfy { stored.mains[$0.key] == $0.value })
                let listed = try await laptop.lines(of: "ls", as: ListLine.self)
                #expect(listed.contains { $0.path == foreign && $0.image == originals[foreign] && $0.form == "main" })
                let waiting = try await laptop.lines(of: "review", as: WaitingLine.self)
                #expect(waiting.map(\.kind) == ["claimed"])
                #expect(waiting.first?.paths == [foreign])

                // Of an original that it said it had, it may; that goes to the versions, whole.
                hostile.cue("own")
                try await hostile.told("edited")
                try await laptop.status("has the original in its versions") { $0.library.versionsBytes > 0 }
                let edited = try await laptop.census()
                #expect(Array(edited.aside("versions").values) == [originals[own]])
                #expect(edited.mains[own] != nil && edited.mains[own] != originals[own])
                #expect(edited.mains[foreign] == originals[foreign])
                _ = try await hostile.end()
            }
        }

        @Test("that is unpaired gets no answer any more, and does not come back by the line that it came by")
        func replay() async throws {
            try await Household.withLaptop(photos: 0) { _, laptop, host in
                let hostile = try await Hostile("replay", on: host, against: laptop)
                try await hostile.told("paired")
                try await laptop.require("unpair", "liar")
                let outcomes = try await hostile.end().outcomes
                #expect(["unpaired", "disconnected"].contains(outcomes["poll"]))
                #expect(outcomes["asked"] == "unpaired")
                #expect(outcomes["joined"] == "unknownInvitation")
                #expect(["unknownInvitation", "tooSoon"].contains(outcomes["joinedAsOther"]))
                #expect(try await laptop.lines(of: "peers", as: PeerLine.self).isEmpty)
            }
        }

        @Test("that publishes very deep folders, and names that a desktop would run, is refused them, each counted")
        func deep() async throws {
            try await Household.withLaptop(photos: 1) { _, laptop, host in
                let hostile = try await Hostile("deep", on: host, against: laptop)
                let refused = try await hostile.told("published").counts["refused"]
                try await laptop.status("has refused them, and has the good one") { status in
                    status.peers.contains { $0.refused == refused && $0.inSync } && status.library.mains == 2
                        && status.work.failed == 1
                }
                try await laptop.makePhotos(1, seed: 9, in: "new")
                let status = try await laptop.status("lists a new photo") { $0.library.mains == 3 }
                #expect(status.problems.contains { $0.subject == "script.jpg" })
                #expect(try laptop.files().filter { !$0.hasPrefix("trip/") && !$0.hasPrefix("new/") } == ["good.jpg"])
                let folders = try await laptop.inLibrary("find . -mindepth 1 -maxdepth 1 -type d")
                #expect(Set(folders.split(separator: "\n")) == ["./.mainstay", "./trip", "./new"])
                _ = try await hostile.end()
            }
        }

        @Test("that besieges the door as strangers keeps nobody from pairing, in either way")
        func strangers() async throws {
            try await Household.withLaptop(photos: 0) { household, laptop, host in
                let archive = try await household.machine("archive", avahi: false)
                try await archive.startAgent()
                let hostile = try await Hostile("strangers", on: host, against: laptop)
                try await hostile.told("besieged")
                for _ in 1...3 {
                    try await household.pairByInvitation(laptop, archive)
                    for (one, other) in [(laptop, archive), (archive, laptop)] {
                        try await one.require("unpair", other.name)
                    }
                }
                let waiting = try await laptop.syncctlOnTerminal("pair")
                let calling = try await archive.syncctlOnTerminal("pair", "\(laptop.host.address):21417")
                for process in [calling, waiting] { try await process.expect(#"\[y/N\]"#) }
                for process in [calling, waiting] { process.write("yes\n") }
                for process in [calling, waiting] { #expect(try await process.waitForEnd().end == .exited(0)) }
                try await household.expectPaired(laptop, archive)
                let counts = try await hostile.end().counts
                #expect(counts["half opened"] ?? 0 > 8, "the door showed nobody out: \(counts)")
                #expect(counts["whole opened"] ?? 0 > 1)
                print("strangers at the door: \(counts)")
            }
        }
    }
}
