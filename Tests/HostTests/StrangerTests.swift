import Foundation
import TestSupport
import Testing

extension HostSuites {
    @Suite("A stranger")
    struct StrangerTests {
        @Test("sees that there are nodes, and of their photos nothing")
        func seesNothing() async throws {
            try await Household.run { household in
                let (laptop, archive) = try await household.twoPairedMachines()
                try await archive.makePhotos(3, seed: 1, in: "trip")
                try await household.waitForConvergence(laptop, archive)

                let stranger = try await household.machine("stranger")
                try await stranger.startAgent()
                try await stranger.waitUntilNearby(archive)
                let image = try await archive.mains().values.sorted().first ?? ""
                try await Self.expectRefused(stranger, archive, image: image)

                let status = try await stranger.status()
                #expect(status.library.images == 0)
                #expect(status.peers.isEmpty)
                #expect(try stranger.files().isEmpty)
                #expect(!(try await archive.status().peers.contains { $0.name == "stranger" }))
                #expect(try await stranger.lines(of: "nearby", as: NearbyLine.self).allSatisfy { !$0.paired })
            }
        }

        /// Every route but pairing's, without a certificate and with one of the stranger's own making.
        private static func expectRefused(_ stranger: Machine, _ archive: Machine, image: String) async throws {
            let nearby = try await stranger.waitUntilNearby(archive)
            guard let address = nearby.addresses.first(where: { $0.hasPrefix(archive.host.address) }) else {
                throw HostFailure("no IPv4 address in \(nearby.addresses)")
            }
            let folder = stranger.host.folder.path
            try await stranger.host.require(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj"]
                    + ["/CN=stranger", "-keyout", "\(folder)/key.pem", "-out", "\(folder)/certificate.pem"])
            let own = ["--cert", "\(folder)/certificate.pem", "--key", "\(folder)/key.pem"]
            let routes = [
                "node", "node?unless=x&wait=1", "file-info/digest?from=0&to=9&parts=1", "file-info?from=0&to=9&limit=9",
                "reduced/\(image)?edge=2048&quality=85", "mains/\(image)",
            ]
            for route in routes {
                for certificate in [[], own] {
                    let answer = try await stranger.host.run(
                        ["curl", "--silent", "--insecure", "--max-time", "20", "--output", "\(folder)/answer"]
                            + ["--write-out", "%{http_code} %{size_download}"] + certificate
                            + ["https://\(address)/v1/\(route)"])
                    let code = Int(answer.out.prefix(3)) ?? 0
                    #expect(code == 0 || (400..<500).contains(code), "\(route) \(certificate): \(answer.out)")
                    let body = FileManager.default.contents(atPath: "\(folder)/answer") ?? Data()
                    #expect(!String(decoding: body, as: UTF8.self).contains("trip/"))
                    #expect(body.count < 1000)
                }
            }
        }
    }
}
