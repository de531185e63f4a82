import Foundation
import Glibc
import TestSupport
import Testing

extension HostSuites {
    @Suite("Damage")
    struct DamageTests {
        @Test("one flipped byte on the archive is found, and repaired from the laptop; where nobody has it, it is kept")
        func flippedByte() async throws {
            try await Trio.run { trio in
                let (laptop, archive) = (trio.laptop, trio.archive)
                let taken = try await PhotoRoll.shared.take(6, on: laptop, in: "laptop")
                try await trio.waitForAgreement()
                let path = try #require(taken.keys.sorted().first)
                #expect(try await archive.work("verify", "--all").done?.images == taken.count)

                try await Self.flip(path, on: archive)
                let repaired = try await archive.work("verify", "--all")
                #expect(repaired.status == 0, "\(repaired.err)")
                #expect(repaired.paths("repaired") == [path])
                #expect(repaired.paths("verified") == Set(taken.keys).subtracting([path]))
                #expect(try await archive.census().mains == taken)
                #expect(try await archive.status().safety.damaged == 0)
                try await trio.waitForAgreement()

                // Now the archive has the only one.
                try await laptop.inLibrary("cp '\(path)' ../first.JPG")
                #expect(try await laptop.work("evict", path).status == 0)
                try await trio.waitForAgreement()
                let flipped = try await Self.flip(path, on: archive)
                let lost = try await archive.work("verify", "--all")
                #expect(lost.status == 1, "\(lost.err)")
                #expect(lost.paths("damaged") == [path])
                let census = try await archive.census()
                #expect(census.mains == taken.filter { $0.key != path })
                #expect(census.aside("damaged").values.contains(flipped))
                let status = try await archive.status()
                #expect(status.safety.damaged == 1)
                #expect(status.problems.contains { $0.subject.hasPrefix(".mainstay/damaged/") })
                #expect(try await archive.why(path).contains(".mainstay/damaged"))
                #expect(try await laptop.census().reduced.contains("\(path).reduced.jpg"))

                try await Self.expectRepairFromAnOldCard(trio, taken, path)
            }
        }

        /// The photo turns up on the desktop: it is what the damaged one was.
        private static func expectRepairFromAnOldCard(
            _ trio: Trio, _ taken: [String: String], _ path: String
        ) async throws {
            let original = try #require(taken[path])
            try await trio.desktop.inLibrary("mkdir found && cp '\(trio.laptop.host.folder.path)/first.JPG' found/")
            try await trio.archive.status("has it whole again") { $0.safety.damaged == 0 && $0.library.mains == 6 }
            let holders = try await trio.waitForAgreement()
            #expect(holders[original] == ["desktop", "archive"])
        }

        /// As a disk does it: the times stay.
        ///
        /// - Returns: the SHA-256 of what is there now.
        @discardableResult
        private static func flip(_ path: String, on machine: Machine) async throws -> String {
            let catalogue = CatalogueFile(state: machine.host.folder.appending(path: ".local/state/mainstay"))
            try catalogue.rot(path, in: machine.library, at: 100_000)
            return try await machine.inLibrary("sha256sum <'\(path)'").prefix(64).description
        }
    }
}
