import HostilePeer
import Identity
import Model
import NIOHTTP1
import PeerProtocol
import Synchronization
import Testing

@testable import enum PeerProtocol.Wire

@Suite(.timeLimit(.minutes(5))) struct InvitationTests {
    func withTwo<T: Sendable>(
        trust: StubTrust = StubTrust(), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        _ body: @Sendable (RunningServer, RunningServer) async throws -> T
    ) async throws -> T {
        try await withServer(trust: trust, now: now) { host in
            try await withServer { guest in try await body(host, guest) }
        }
    }

    @Test("a line joins two machines, and may be shown again by the one that it served")
    func joins() async throws {
        try await withTwo { host, guest in
            let nobody = try #require(PeerAddress("127.0.0.1:1"))
            let invitation = try await host.desk.invite(addresses: [nobody, try host.address])
            let read = try #require(Invitation(invitation.description))
            for _ in 0..<2 {
                let peer = try await guest.desk.join(read)
                #expect(peer.id == host.identity.id)
                #expect(peer.name.description == "host")
                #expect(peer.addresses == [try host.address])
            }
            #expect(host.trust.ids == [guest.identity.id, guest.identity.id])
            #expect(host.trust.peers.withLock { $0.first?.addresses } == [try guest.address])
            #expect(guest.trust.ids == [host.identity.id, host.identity.id])
            try await withServer { second in
                await #expect(throws: PairingError(.unknownInvitation)) { try await second.desk.join(read) }
                #expect(second.trust.ids.isEmpty)
            }
        }
    }

    @Test("a machine that is not the one that invited gets neither secret nor name")
    func wrongMachine() async throws {
        try await withTwo { host, guest in
            let other = try NodeIdentity.make()
            let invitation = try #require(
                Invitation(addresses: [try host.address], node: other.id, secret: .random()))
            await #expect(throws: PairingError(.wrongMachine)) { try await guest.desk.join(invitation) }
            try await withWickedPeer(as: host.identity, script: { _ in [] }) { address, requests in
                let toWicked = try #require(Invitation(addresses: [address], node: other.id, secret: .random()))
                await #expect(throws: PairingError(.wrongMachine)) { try await guest.desk.join(toWicked) }
                #expect(requests().isEmpty)
            }
            #expect(host.trust.ids.isEmpty && guest.trust.ids.isEmpty)
        }
    }

    @Test("a wrong secret opens nothing, and soon not even an answer; the right one always does")
    func wrongSecret() async throws {
        let now = ContinuousClock.now
        try await withTwo(now: { now }) { host, guest in
            let address = try host.address
            let right = try await host.desk.invite(addresses: [address])
            let wrong = try #require(Invitation(addresses: [address], node: host.identity.id, secret: .random()))
            await #expect(throws: PairingError(.unknownInvitation)) { try await guest.desk.join(wrong) }
            let error = await #expect(throws: PairingError.self) { try await guest.desk.join(wrong) }
            #expect(error?.code == .tooSoon)
            #expect(try await guest.desk.join(right).id == host.identity.id)
            #expect(host.trust.ids == [guest.identity.id])
        }
    }

    @Test("after ten minutes a line opens nothing")
    func old() async throws {
        let later = Mutex(Duration.zero)
        try await withTwo(now: { .now + later.withLock { $0 } }) { host, guest in
            let invitation = try await host.desk.invite(addresses: [try host.address])
            later.withLock { $0 = .seconds(601) }
            await #expect(throws: PairingError(.unknownInvitation)) { try await guest.desk.join(invitation) }
            #expect(guest.trust.ids.isEmpty)
        }
    }

    @Test("what the host cannot store does not pair, and the line is good for another try")
    func notStored() async throws {
        try await withTwo(trust: StubTrust(failing: 1)) { host, guest in
            let invitation = try await host.desk.invite(addresses: [try host.address])
            await #expect(throws: PairingError(.notStored)) { try await guest.desk.join(invitation) }
            #expect(guest.trust.ids.isEmpty)
            #expect(try await guest.desk.join(invitation).id == host.identity.id)
        }
    }

    @Test("a line that nobody answers, one's own line, and a machine without an address are told")
    func unreachable() async throws {
        try await withServer { server in
            let nobody = try #require(PeerAddress("127.0.0.1:1"))
            let invitation = try #require(
                Invitation(addresses: [nobody], node: NodeID(.random()), secret: .random()))
            await #expect(throws: PairingError(.unreachable)) { try await server.desk.join(invitation) }
            let own = try await server.desk.invite(addresses: [try server.address])
            await #expect(throws: PairingError(.ownCertificate)) { try await server.desk.join(own) }
            let linkLocal = try #require(PeerAddress("[fe80::1%eth0]:1"))
            await #expect(throws: PairingError.self) { try await server.desk.invite(addresses: [linkLocal]) }
            await #expect(throws: PairingError(.unreachable)) {
                try await server.desk.pair(with: [nobody]) { _ in }
            }
        }
    }

    @Test("who shows a secret must have the key of the certificate that it names")
    func borrowed() async throws {
        let (guest, other) = (try NodeIdentity.make(), try NodeIdentity.make())
        try await withServer { host in
            let invitation = try await host.desk.invite(addresses: [try host.address])
            let message = Wire.Join(
                secret: invitation.secret.text, certificate: Wire.base64(other.certificate),
                name: NodeName(nearest: "guest"), port: 1)
            let text = String(decoding: Wire.encode(message), as: UTF8.self)
            let answer = try await withPlainClient(to: host, as: guest) {
                try await $0(.POST, "/v1/pairing/join", [:], text)
            }
            #expect(answer.status == 400)
            #expect(host.trust.ids.isEmpty)
        }
    }
}
