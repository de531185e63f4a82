import Foundation
import TestSupport
import Testing

extension HostSuites {
    @Suite("An album that is made of copies")
    struct AlbumTests {
        /// Waits until the archive has the very files of the desktop, and the laptop a reduced copy for each; and besides
        /// both what is `kept`.
        private func expectTheSame(_ trio: Trio, _ what: String, kept: Set<String> = []) async throws {
            let deadline = ContinuousClock.now + .seconds(60)
            while true {
                for machine in trio.all {
                    try await machine.status("has nothing left to do") { $0.isSettled(peers: 2) }
                }
                let mains = try await trio.desktop.mains()
                // Files may go while they are read.
                let archived = try? await trio.archive.mains()
                let copies = try trio.laptop.files()
                if let archived, archived.filter({ !kept.contains($0.key) }) == mains,
                    kept.isSubset(of: archived.keys),
                    copies == Set(archived.keys.map { $0 + ".reduced.jpg" })
                {
                    return
                }
                guard ContinuousClock.now < deadline else {
                    throw HostFailure(
                        "\(what): \(mains.keys.sorted()), \(archived?.keys.sorted() ?? []), \(copies.sorted())")
                }
            }
        }

        @Test("is on the other machines what it is here: copied, renamed, edited, linked, removed")
        func album() async throws {
            try await Trio.run { trio in
                try await PhotoRoll.shared.take(4, on: trio.desktop, in: "2024")
                try await trio.waitForAgreement()
                for (what, script) in [
                    ("copied", "cp -pr 2024 album"), ("linked", "mkdir best; ln 2024/IMG_0001.JPG best/"),
                    ("renamed", "mv album 'trip to the sea'"),
                    ("one renamed", "mv 'trip to the sea/IMG_0003.JPG' 'trip to the sea/Ada.jpg'"),
                    ("edited", "exiftool -q -q -overwrite_original -Rating=5 'trip to the sea/IMG_0002.JPG'"),
                ] {
                    try await trio.desktop.inLibrary(script)
                    try await trio.desktop.require("scan")
                    try await expectTheSame(trio, what)
                }
                try await trio.desktop.inLibrary("rm -r 'trip to the sea'")
                try await trio.desktop.require("scan")
                // The edit is no copy of anything: it stays where it is kept.
                try await expectTheSame(trio, "removed", kept: ["trip to the sea/IMG_0002.JPG"])
            }
        }

        @Test("goes from this machine as one, and is back at all its places")
        func evicted() async throws {
            try await Trio.run { trio in
                try await PhotoRoll.shared.take(2, on: trio.desktop, in: "2024")
                try await trio.desktop.inLibrary("cp -pr 2024 album")
                try await trio.desktop.require("scan")
                try await expectTheSame(trio, "copied")
                let before = try await trio.desktop.mains()
                let plan = try await trio.desktop.require("evict", "--dry-run", "album")
                #expect(plan.contains("it is the same image as 2024/IMG_0001.JPG, which goes too"), "\(plan)")
                try await trio.desktop.require("evict", "album")
                #expect(try trio.desktop.files() == Set(before.keys.map { $0 + ".reduced.jpg" }))
                try await trio.desktop.require("fetch", "2024")
                try await trio.desktop.status("has them at all places") { $0.library.mains == 4 }
                #expect(try await trio.desktop.mains() == before)
                #expect(try await trio.archive.mains() == before)
            }
        }
    }
}
