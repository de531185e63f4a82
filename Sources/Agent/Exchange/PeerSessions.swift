import Catalogue
import Discovery
import Foundation
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
    let supervisor: Supervisor

    func run() async {
        await withDiscardingTaskGroup { group in
            var running: [NodeID: (handle: SessionHandle, agreement: UUID)] = [:]
            while !Task.isCancelled {
                let edition = parts.peers.changes.edition
                for peer in parts.peers.all {
                    let id = peer.row.id
                    guard let (handle, agreement) = running[id] else {
                        let handle = SessionHandle()
                        running[id] = (handle, peer.agreement)
                        group.addTask {
                            await supervisor.keep(
                                "the link to \(peer.row.name) (\(peer.row.id.short))", ending: handle.turn,
                                isOver: { handle.isOver.isSet }
                            ) {
                                try await serve(peer, until: handle)
                            }
                        }
                        continue
                    }
                    if agreement == peer.agreement { continue }
                    running[id] = (handle, peer.agreement)
                    handle.turn.post()
                    server.disconnect(id)
                }
                for (id, session) in running where !parts.peers.isTrusted(id) {
                    running[id] = nil
                    session.handle.isOver.set()
                    session.handle.turn.post()
                    server.disconnect(id)
                }
                await parts.peers.changes.wait(past: edition)
            }
            group.cancelAll()
        }
    }

    private struct SessionHandle: Sendable {
        /// Posted when the session begins anew, and when it ends.
        let turn = Bulletin()
        /// Set when the peer is trusted no more.
        let isOver = StopFlag()
    }

    private func serve(_ peer: TrustedPeers.Peer, until handle: SessionHandle) async throws {
        while !Task.isCancelled {
            // In this order: what ends it is set before it is posted.
            let turn = handle.turn.edition
            if handle.isOver.isSet { break }
            let client = try PeerClient(
                peer: peer.certificate, addresses: [], identity: identity, servedAt: port, logger: parts.logger)
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await PeerSession(client: client, parts: parts).run() }
                group.addTask { await handle.turn.wait(past: turn) }
                await group.next()
                group.cancelAll()
            }
            // What the session that was ended had taken over already, it did not plan for any more.
            if let images = try? await parts.catalogue.images(inMirrorOf: peer.row.id) {
                await parts.steering.consider(images)
            }
        }
    }
}
