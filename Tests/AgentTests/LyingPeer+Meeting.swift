import Control
import HostilePeer
import Identity
import Model
import PeerProtocol

extension LyingPeer {
    /// Serves a peer, pairs `node` with it, and runs `body`.
    ///
    /// - Parameter rights: what it may at `node`; nil for what it says of itself.
    static func meet(
        _ node: TestNode, as rights: PeerRights? = nil, _ make: (inout LyingPeer) -> Void,
        _ body: @Sendable () async throws -> Void
    ) async throws {
        let identity = try NodeIdentity.make()
        var peer = LyingPeer(id: identity.id)
        make(&peer)
        let address = [PeerAddress(host: "127.0.0.1", port: node.port)].compactMap { $0 }
        let paired: @Sendable (PairedPeer) -> Void = { [paired = peer.paired] peer in
            guard let paired,
                let client = try? PeerClient(
                    peer: peer.certificate, addresses: address, identity: identity, logger: logger)
            else { return }
            paired(client)
        }
        try await serve(peer, as: identity, paired: paired) { desk, port in
            let address = PeerAddress(host: "127.0.0.1", port: port)
            let invitation = try await desk.invite(addresses: [address].compactMap { $0 })
            _ = try await node.control.join(invitation.description, as: rights)
            try await body()
        }
    }
}
