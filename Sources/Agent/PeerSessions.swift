import Catalogue
import Discovery
import Identity
import Logging
import Model
import PeerProtocol

/// Keeps one session for each trusted peer, for as long as it is trusted.
struct PeerSessions: Sendable {
    let identity: NodeIdentity
    /// Where this node serves, for its peers to know.
    let port: Int
    let parts: PeerSession.Parts
    let server: PeerServer

    func run() async {
        await withTaskGroup(of: NodeID.self) { group in
            var running: [NodeID: SessionHandle] = [:]
            while !Task.isCancelled {
                let edition = parts.peers.changes.edition
                for peer in parts.peers.all where running[peer.row.id] == nil {
                    let handle = SessionHandle()
                    running[peer.row.id] = handle
                    group.addTask { await serve(peer, until: handle) }
                }
                for (id, handle) in running where !parts.peers.isTrusted(id) {
                    running[id] = nil
                    handle.end.post()
                    server.disconnect(id)
                }
                await parts.peers.changes.wait(past: edition)
            }
            group.cancelAll()
        }
    }

    /// Posted to once, when the peer is trusted no more.
    private struct SessionHandle: Sendable {
        let end = Bulletin()
    }

    private func serve(_ peer: TrustedPeers.Peer, until handle: SessionHandle) async -> NodeID {
        do {
            let client = try PeerClient(
                peer: peer.certificate, addresses: [], identity: identity, servedAt: port, logger: parts.logger)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await PeerSession(client: client, parts: parts).run() }
                group.addTask { await handle.end.wait(past: 0) }
                await group.next()
                group.cancelAll()
            }
        } catch {
            parts.logger.error(
                "no session with a peer", metadata: ["peer": "\(peer.row.name)", "reason": "\(error)"])
        }
        return peer.row.id
    }
}
