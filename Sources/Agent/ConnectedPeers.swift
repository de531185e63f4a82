import Model
import PeerProtocol
import Synchronization

/// The peers that answer now, for those who ask them something beside the sessions.
final class ConnectedPeers: Sendable {
    private let clients = Mutex<[NodeID: PeerClient]>([:])

    subscript(peer: NodeID) -> PeerClient? {
        get { clients.withLock { $0[peer] } }
        set { clients.withLock { $0[peer] = newValue } }
    }

    var ids: Set<NodeID> { clients.withLock { Set($0.keys) } }
}
