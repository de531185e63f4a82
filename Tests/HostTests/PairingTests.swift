import Foundation
import TestSupport
import Testing

extension HostSuites {
    @Suite("Finding and pairing")
    struct PairingTests {
        @Test("two machines list each other, no address given anywhere, and an unpaired one sees nothing more")
        func nearby() async throws {
            try await Household.run { household in
                let (laptop, archive) = try await household.twoMachines()
                let clock = ContinuousClock()
                let start = clock.now
                for (one, other) in [(laptop, archive), (archive, laptop)] {
                    let line = try await one.waitUntilNearby(other)
                    #expect(!line.paired)
                    #expect(line.addresses.contains { $0.hasPrefix("\(other.host.address):") })
                    #expect(try await line.id == other.status().node.id)
                    #expect(try await one.lines(of: "nearby", as: NearbyLine.self).count == 1)
                }
                print("both machines nearby \(clock.now - start) after the second was ready")
            }
        }

        @Test("an invitation and a join end paired, and an invitation serves once")
        func invitation() async throws {
            try await Household.run { household in
                let (laptop, archive) = try await household.twoMachines()
                let printed = try await laptop.require("invite")
                guard let line = printed.firstMatch(of: #/mainstay://\S+/#)?.output else {
                    throw HostFailure("no invitation in: \(printed)")
                }
                try await archive.require("join", String(line))
                try await household.expectPaired(laptop, archive)
                try await laptop.waitUntilNearby(archive)
                #expect(try await laptop.lines(of: "nearby", as: NearbyLine.self).first?.paired == true)

                let stranger = try await household.machine("stranger")
                try await stranger.startAgent()
                let again = try await stranger.syncctl("join", String(line))
                #expect(again.status == 1 || again.status == 77)
                #expect(!again.err.isEmpty)
                #expect(try await stranger.status().peers.isEmpty)
                try await household.expectPaired(laptop, archive)
            }
        }

        @Test("six digits, compared at two terminals, end paired when both say yes")
        func digits() async throws {
            try await Household.run { household in
                let (laptop, archive) = try await household.twoMachines()
                try await laptop.waitUntilNearby(archive)
                let (a, b) = try await Self.compareDigits(laptop, archive)
                a.write("yes\n")
                b.write("yes\n")
                #expect(try await a.waitForEnd().end == .exited(0))
                #expect(try await b.waitForEnd().end == .exited(0))
                try await household.expectPaired(laptop, archive)
            }
        }

        @Test("six digits end with nothing when one says no, on whichever side", arguments: [true, false])
        func refused(initiatorSaysYes: Bool) async throws {
            try await Household.run { household in
                let (laptop, archive) = try await household.twoMachines()
                try await laptop.waitUntilNearby(archive)
                let (a, b) = try await Self.compareDigits(laptop, archive)
                a.write(initiatorSaysYes ? "yes\n" : "no\n")
                b.write(initiatorSaysYes ? "no\n" : "yes\n")
                #expect(try await a.waitForEnd().end == .exited(1))
                #expect(try await b.waitForEnd().end == .exited(1))
                #expect(try await laptop.lines(of: "peers", as: PeerLine.self).isEmpty)
                #expect(try await archive.lines(of: "peers", as: PeerLine.self).isEmpty)
            }
        }

        @Test("without Avahi an invitation is enough; nodes are nearby once it runs, and after it was restarted")
        func withoutAvahi() async throws {
            try await Household.run { household in
                let (laptop, archive) = try await household.twoMachines(avahi: false)
                #expect(try await laptop.lines(of: "nearby", as: NearbyLine.self).isEmpty)
                let doctor = try await laptop.syncctl("doctor")
                #expect((doctor.out + doctor.err).localizedCaseInsensitiveContains("avahi"))
                try await household.pairByInvitation(laptop, archive)
                try await archive.makePhotos(2, seed: 1, in: "trip")
                try await household.waitForConvergence(laptop, archive)
                try await laptop.host.startAvahi()
                try await archive.host.startAvahi()
                try await laptop.waitUntilNearby(archive)
                try await laptop.host.restartAvahi()
                try await laptop.waitUntilNearby(archive)
                try await archive.waitUntilNearby(laptop)
            }
        }

        /// `pair` on both, until both show the same six digits and ask.
        private static func compareDigits(_ one: Machine, _ other: Machine) async throws -> (HostProcess, HostProcess) {
            let waiting = try await other.syncctlOnTerminal("pair")
            let asking = try await one.syncctlOnTerminal("pair", other.name)
            var shown: [String] = []
            for process in [asking, waiting] {
                shown.append(try await process.expect(#"\b\d{3} ?\d{3}\b"#).filter(\.isNumber))
                try await process.expect(#"\[y/N\]"#)
            }
            #expect(shown[0] == shown[1])
            #expect(shown[0].count == 6)
            return (asking, waiting)
        }
    }
}
