import Foundation
import TestSupport
import Testing

extension HostSuites {
    @Suite("No room")
    struct FullDiskTests {
        @Test("an archive keeps to its limit, has reduced copies of the rest, and pulls that when it may have more")
        func limit() async throws {
            try await Trio.run(archiveKeeps: nil) { trio in
                try Self.configure(trio.archive, "keep: mains\nlimit: 8MB\n")
            } _: { trio in
                let archive = trio.archive
                let taken = try await PhotoRoll.shared.take(16, on: trio.laptop, in: "laptop")
                try await trio.waitForAgreement()
                let status = try await archive.status()
                #expect((4..<16).contains(status.library.mains) && status.library.missing == 0)
                #expect(status.library.mainBytes <= 8_000_000)
                let stored = try await archive.census()
                #expect(stored.mains.allSatisfy { taken[$0.key] == $0.value })
                let copy = try #require(stored.reduced.sorted().first)
                #expect(try await archive.why(copy).contains("limit"))

                try await archive.stopAgent()
                try Self.configure(archive, "keep: mains\nlimit: 60MB\n")
                try await archive.startAgent()
                try await trio.waitForAgreement()
                #expect(try await archive.census().mains == taken)
            }
        }

        private static func configure(_ machine: Machine, _ text: String) throws {
            let folder = machine.host.folder.appending(path: ".config/mainstay")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: folder.appending(path: "syncd.yaml"))
        }

        @Test("a full disk, and one that is full of trash, stop what has no room, say so, and nothing else")
        func full() async throws {
            try await Trio.run { trio in
                // A twentieth stays free, so 18.9 MB are for mains.
                for (machine, size) in [(trio.desktop, "32m"), (trio.archive, "19m")] {
                    try await machine.host.require(["mount", "-t", "tmpfs", "-o", "size=\(size)", "tmpfs", "Pictures"])
                }
            } _: { trio in
                let (laptop, desktop, archive) = (trio.laptop, trio.desktop, trio.archive)
                var taken = try await PhotoRoll.shared.take(12, on: laptop, in: "first")
                taken.merge(try await PhotoRoll.shared.take(1, on: laptop, in: "other")) { $1 }
                try await trio.waitForAgreement()

                try await desktop.inLibrary("head -c 64000000 /dev/zero >.filler 2>../full || true")
                try await archive.inLibrary("head -c 10000000 /dev/zero >.filler")
                taken.merge(try await PhotoRoll.shared.take(8, on: laptop, in: "second")) { $1 }
                try await desktop.status("says that its disk is full") { $0.problems.contains { $0.subject == "disk" } }
                try await archive.status("says that there is no room") {
                    $0.problems.contains { $0.reason.contains("no room") }
                }
                // Everything else goes on.
                #expect(try await laptop.work("evict", "other/IMG_0001.JPG").status == 0)
                #expect(try await archive.work("verify", "--all").status == 0)
                #expect(try await laptop.work("fetch", "other/IMG_0001.JPG").status == 0)
                for machine in [desktop, archive] { try await machine.inLibrary("rm .filler") }
                try await trio.waitForAgreement()
                #expect(try await archive.census().mains == taken)
                #expect(try await laptop.census().mains == taken)

                try await Self.expectTrashToGiveRoom(trio, taken)
            }
        }

        private static func expectTrashToGiveRoom(_ trio: Trio, _ taken: [String: String]) async throws {
            let archive = trio.archive
            #expect(try await trio.laptop.work("delete", "--yes", "first").status == 0)
            // So many at once wait for a person, on each machine.
            for machine in [trio.desktop, archive] {
                try await machine.status("asks about the deletion") { $0.problems.contains { $0.subject == "review" } }
                #expect(try await machine.require("review").contains("laptop ("))
                try await machine.require("review", "laptop", "--yes")
            }
            try await archive.status("has them in its trash") { $0.library.trashImages == 12 }
            let rest = taken.filter { !$0.key.hasPrefix("first/") }
            let more = try await PhotoRoll.shared.take(12, on: trio.laptop, in: "third")
            let status = try await archive.status("says that there is no room") {
                $0.problems.contains { $0.reason.contains("no room") }
            }
            #expect(status.problems.contains { $0.reason.contains("trash") })
            #expect(try await archive.syncctl("trash", "--empty", "--yes").status == 0)
            try await trio.waitForAgreement()
            #expect(try await archive.census().mains == rest.merging(more) { $1 })
        }
    }
}
