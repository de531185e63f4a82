import Catalogue
import Disk
import Foundation
import HostilePeer
import Identity
import Logging
import Model
import PeerProtocol
import Planning
import TestSupport
import Testing

@testable import Agent

@Suite("What agreeing about many records costs")
struct DigestTrafficTests {
    /// A mirror of `count` records at a real client, and the server of the list that it mirrors, changed by `change`.
    private func withMirror(
        of count: Int, change: (inout LyingPeer) -> Void = { _ in },
        _ body: (PeerExchange, PeerClient, NodeSummary) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let (here, there) = (try NodeIdentity.make(), try NodeIdentity.make())
            var peer = LyingPeer(id: there.id)
            let records = (1...count).map {
                Record(sequence: Int64($0), info: Sample.main("\($0 / 500)/\($0).jpg", $0))
            }
            peer.lines = records.map(\.line)
            let catalogue = try CatalogueDatabase(path: folder.appending(path: "c.sqlite").path)
            try await catalogue.setPeer(
                PeerRow(id: there.id, name: "b", certificate: there.certificate.der, addresses: [], paired: 0))
            let entries = zip(records, peer.lines).map {
                MirrorEntry(sequence: $0.sequence, fingerprint: Fingerprint(line: $1), content: $0.content)
            }
            _ = try await catalogue.replaceMirror(of: there.id, range: .all, with: entries)
            change(&peer)
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let desk = PairingDesk(
                identity: there, name: NodeName(nearest: "b"), trust: NobodyTrusts(), logger: logger)
            let server = PeerServer(
                identity: there, hosts: ["127.0.0.1"], port: 0, answering: peer, desk: desk, logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                let port = try await server.boundPort
                let address = try #require(PeerAddress(host: "127.0.0.1", port: port))
                let client = try PeerClient(
                    peer: there.certificate, addresses: [address], identity: here, logger: logger)
                let status = Status()
                let problems = Problems(status: status)
                let shelf = Shelf(status: status)
                let departures = Departures(shelf: shelf, catalogue: catalogue, clock: NodeClock(), logger: logger)
                let placements = Placements(
                    shelf: shelf, catalogue: catalogue, departures: departures, later: Later(), problems: problems,
                    name: { "b" }, logger: logger)
                let peers = try await TrustedPeers(catalogue: catalogue, status: status)
                let copies = Copies(placements: placements, peers: peers, status: status)
                let configuration = AgentConfiguration(
                    library: "/", state: "/", name: "b", listenHosts: [], port: 0, controlSocket: "/", policy: Policy(),
                    discovers: false)
                let steering = Steering(
                    catalogue: catalogue, settings: NodeSettings(configuration), reduces: { [.jpeg] }, peers: peers,
                    fetcher: Fetcher(problems: problems, status: status), placements: placements, copies: copies,
                    logger: logger)
                let exchange = PeerExchange(
                    client: client, catalogue: catalogue, steering: steering, progress: Progress(status: status),
                    name: "b", space: { DiskSpace(free: .max, total: .max) })
                try await body(exchange, client, try await client.summary())
                await client.close()
                group.cancelAll()
            }
        }
    }

    private struct NobodyTrusts: PeerTrusting {
        func trust(_ peer: PairedPeer) async throws {}
    }

    @Test("Identical lists of 100,000 records agree for less than 2 KB, and no record is fetched")
    func identical() async throws {
        try await withMirror(of: 100_000) { exchange, client, summary in
            let isWhole = try await exchange.run(to: summary)
            #expect(isWhole)
            #expect(client.traffic.total.sent + client.traffic.total.received < 2048)
            #expect(client.traffic[.records].requests == 0)
            #expect(client.traffic[.digests].requests == 0)
        }
    }

    @Test("New records cost themselves, in one round and without a digest")
    func tail() async throws {
        try await withMirror(of: 3000) { peer in
            for number in 3001...3100 {
                peer.lines.append(Record(sequence: Int64(number), info: Sample.main("new/\(number).jpg", number)).line)
            }
        } _: { exchange, client, summary in
            let isWhole = try await exchange.run(to: summary)
            #expect(isWhole)
            #expect(client.traffic[.digests].requests == 0)
            #expect(client.traffic[.records].requests == 1)
            #expect(client.traffic[.records].received < 50_000)
        }
    }

    /// A generator of its own, so that the same records change in every run.
    private static func scattered(_ count: Int, of total: Int) -> Set<Int> {
        var random = SeededGenerator(seed: 1)
        var numbers: Set<Int> = []
        while numbers.count < count { numbers.insert(Int.random(in: 1...total, using: &random)) }
        return numbers
    }

    @Test("100 new records among 100,000 cost themselves once, and a second exchange costs nothing")
    func tailOfMany() async throws {
        try await withMirror(of: 100_000) { peer in
            for number in 100_001...100_100 {
                peer.lines.append(Record(sequence: Int64(number), info: Sample.main("new/\(number).jpg", number)).line)
            }
        } _: { exchange, client, summary in
            for _ in 0..<2 {
                let isWhole = try await exchange.run(to: summary)
                #expect(isWhole)
            }
            #expect(client.traffic[.digests].requests == 0)
            #expect(client.traffic[.records].requests == 1)
            #expect(client.traffic.total.sent + client.traffic.total.received < 16_000)
        }
    }

    @Test("100 old records that are gone, all over 100,000, cost one descent: each range once, and few records")
    func oldGone() async throws {
        let gone = Self.scattered(100, of: 100_000)
        try await withMirror(of: 100_000) {
            $0.gone = gone
        } _: { exchange, client, summary in
            let isWhole = try await exchange.run(to: summary)
            #expect(isWhole)
            // At most one path of comparisons down for each, and a leaf of about sixteen records at its end.
            #expect(client.traffic[.digests].requests <= 1 + 16 + 100 * 2)
            #expect(client.traffic[.records].requests <= 100)
            #expect(client.traffic.total.sent + client.traffic.total.received < 350_000)
            let before = client.traffic.total
            let again = try await exchange.run(to: summary)
            #expect(again)
            #expect(client.traffic.total == before)
        }
    }

    @Test("One old record that changed costs a few rounds and one leaf")
    func oldChange() async throws {
        try await withMirror(of: 3000) { peer in
            peer.lines[1499] = Record(sequence: 1500, info: Sample.main("other.jpg", 9000)).line
        } _: { exchange, client, summary in
            let isWhole = try await exchange.run(to: summary)
            #expect(isWhole)
            #expect(client.traffic[.digests].requests <= 3)
            #expect(client.traffic[.records].received < 6000)
        }
    }
}
