import Foundation
import TestSupport
import Testing

extension HostSuites {
    /// What somebody on the network can do to the door of a machine, and to who looks for it.
    @Suite("A hostile neighbour")
    struct HostileDoorTests {
        @Test("that opens a hundred connections a second, and lets none of them end, keeps no peer out")
        func handshakes() async throws {
            try await Household.withLaptop(photos: 0) { household, laptop, host in
                let storm = try await Hostile("handshakes", on: host, against: laptop)
                try await storm.told("storming")
                // A slow line, on which a handshake takes long enough for others to come meanwhile.
                let line = try await household.network.host("visitor")
                try await line.limitRate("400kbit")
                let visitor = try await Hostile("visits", on: line, against: laptop, as: "member", "--count", "60")
                let visits = try await visitor.told("visited").counts
                #expect(visits == ["good": 60])
                let counts = try await storm.end().counts
                #expect(counts["opened"] ?? 0 > 64)
                print("at a door with \(counts): \(visits)")
                _ = try await visitor.end()
            }
        }

        @Test("that guesses at invitations from the very address of one that has a true one does not keep that out")
        func neighbour() async throws {
            try await Household.withLaptop(photos: 0) { household, laptop, _ in
                let archive = try await household.machine("archive", avahi: false)
                try await archive.startAgent()
                let hostile = try await Hostile("neighbour", on: archive.host, against: laptop)
                try await hostile.told("guessing")
                for _ in 1...3 {
                    try await household.pairByInvitation(laptop, archive)
                    for (one, other) in [(laptop, archive), (archive, laptop)] {
                        try await one.require("unpair", other.name)
                    }
                }
                let counts = try await hostile.end().counts
                #expect(counts["guess opened"] ?? 0 > 10, "\(counts)")
                print("guesses at the door: \(counts)")
            }
        }

        @Test("that announces sixty machines hides none that is there", arguments: [false, true])
        func announces(afterwards: Bool) async throws {
            try await Household.run { household in
                let laptop = try await household.machine("laptop")
                let archive = try await household.machine("archive")
                try await laptop.startAgent()
                let stranger = try await household.network.host("stranger", avahi: true)
                let id = try await laptop.status().node.id
                if !afterwards { try await Self.announce(60, like: id, on: stranger) }
                try await archive.startAgent()
                try await laptop.waitUntilNearby(archive)
                if afterwards {
                    try await Self.announce(60, like: id, on: stranger)
                    try await laptop.waitUntilNearby(archive)
                }
                let seen = try await laptop.lines(of: "nearby", as: NearbyLine.self)
                #expect(seen.count <= 48)
                print("\(seen.count) machines are nearby")
            }
        }

        /// Announces services, each with an id of its own, and waits until a machine may have heard of all.
        private static func announce(_ count: Int, like id: String, on host: TestSupport.Host) async throws {
            var services: [HostProcess] = []
            for number in 0..<count {
                let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
                let own = String(letters[number / 32]) + String(letters[number % 32]) + id.dropFirst(2)
                services.append(
                    try await host.start([
                        "avahi-publish-service", "Photos \(number)", "_mainstay._tcp", "4000", "v=1", "id=\(own)",
                    ]))
            }
            for service in services {
                try await service.line("that it is announced") { $0.hasPrefix("Established") }
            }
        }
    }
}
