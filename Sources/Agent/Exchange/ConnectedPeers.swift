import Model
import PeerProtocol
import Synchronization

/// The peers that answer now, for those who ask them something beside the sessions.
final class ConnectedPeers: Sendable {
    private let clients = Mutex<[NodeID: PeerClient]>([:])
    private let changes = Bulletin()

    subscript(peer: NodeID) -> PeerClient? {
        get { clients.withLock { $0[peer] } }
        set {
            clients.withLock { $0[peer] = newValue }
            changes.post()
        }
    }

    /// Returns when the peer does not answer any more, or when the task is cancelled.
    func lost(_ peer: NodeID) async {
        while !Task.isCancelled {
            let edition = changes.edition
            if self[peer] == nil { return }
            await changes.wait(past: edition)
        }
    }

    var ids: Set<NodeID> { clients.withLock { Set($0.keys) } }
}
