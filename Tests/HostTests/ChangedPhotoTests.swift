import TestSupport
import Testing

extension HostSuites {
    @Suite("A photo that is changed in place")
    struct ChangedPhotoTests {
        @Test("ends as one picture also where the archive's word of it came before its holder's")
        func secondHand() async throws {
            try await Trio.run { trio in
                try await PhotoRoll.shared.take(3, on: trio.desktop, in: "desktop")
                let before = try await trio.waitForAgreement()
                try await trio.laptop.stopAgent()
                let edited = try await PhotoRoll.shared.edit("desktop/IMG_0001.JPG", on: trio.desktop)
                try await trio.archive.status("has what it was in its versions") { $0.library.versionsBytes > 0 }
                try await trio.desktop.stopAgent()
                try await trio.laptop.startAgent()
                // The archive passes on that the one replaced the other.
                try await trio.laptop.status("has what it was in its versions") {
                    $0.library.versionsBytes > 0 && $0.library.reduced == 3
                }
                #expect(try trio.laptop.reducedCopies().count == 3)
                try await trio.desktop.startAgent()
                let after = try await trio.waitForAgreement()
                #expect(after[edited] == ["desktop", "archive"] && after.count == before.count)
                #expect(try await trio.laptop.census().aside("versions").count == 1)
            }
        }
    }
}
