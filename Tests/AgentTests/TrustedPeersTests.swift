import Catalogue
import Foundation
import Identity
import Model
import TestSupport
import Testing

@testable import Agent

@Suite("The trusted peers")
struct TrustedPeersTests {
    @Test(
        "A peer that was not heard of for 30 days is silent until it is heard again, and one that was just paired is not"
    )
    func silent() async throws {
        try await withTemporaryFolder { folder in
            let catalogue = try CatalogueDatabase(path: folder.appending(path: "c.sqlite").path)
            let now = Int64(Date.now.timeIntervalSince1970)
            func pair(_ name: String, paired: Int64, seen: Int64?) async throws -> PeerCertificate {
                let certificate = try NodeIdentity.make().certificate
                try await catalogue.setPeer(
                    PeerRow(
                        id: certificate.id, name: name, certificate: certificate.der, addresses: [], paired: paired,
                        seen: seen))
                return certificate
            }
            let day: Int64 = 86_400
            let gone = try await pair("gone", paired: now - 90 * day, seen: now - 31 * day)
            _ = try await pair("here", paired: now - 90 * day, seen: now - 29 * day)
            _ = try await pair("new", paired: now, seen: nil)
            let peers = try await TrustedPeers(catalogue: catalogue, status: Status())
            #expect(peers.silent == [gone.id])
            _ = try await peers.answered(gone.id, name: "gone", keep: .mains, address: "127.0.0.1:1")
            #expect(peers.silent.isEmpty)
            // All is planned for anew when a peer's decoders change, and not for what we do not know.
            #expect(!peers.reduces(ImageType.withPicture, gone.id))
            #expect(peers.reduces([.jpeg], gone.id) && peers.reduces[gone.id] == [.jpeg])
            #expect(!peers.reduces(ImageType.withPicture, gone.id), "not again within a minute")
            #expect(peers.reduces[gone.id] == ImageType.withPicture)
        }
    }
}
