import Identity
import Synchronization

/// Where a peer may be reached, the best first: what answered last stands at the front.
final class PeerAddresses: Sendable {
    /// Addresses kept. A machine has a handful; each is tried for seconds.
    static let most = 16

    private struct State {
        var list: [PeerAddress]
        var last: PeerAddress?
    }

    private let state: Mutex<State>

    init(_ list: [PeerAddress]) { state = Mutex(State(list: Self.distinct(list))) }

    var list: [PeerAddress] { state.withLock { $0.list } }
    var last: PeerAddress? { state.withLock { $0.last } }

    /// Takes `list` instead; the one that answered last stays at the front while it is among them.
    func use(_ list: [PeerAddress]) {
        state.withLock { state in
            let last = state.last.flatMap { list.contains($0) ? $0 : nil }
            state.list = Self.distinct((last.map { [$0] } ?? []) + list)
        }
    }

    /// `address` answered.
    func answered(_ address: PeerAddress) {
        state.withLock { state in
            state.last = address
            if state.list.first != address, state.list.contains(address) {
                state.list = Self.distinct([address] + state.list)
            }
        }
    }

    /// `address` did not.
    func failed(_ address: PeerAddress) {
        state.withLock { if $0.last == address { $0.last = nil } }
    }

    private static func distinct(_ list: [PeerAddress]) -> [PeerAddress] {
        var seen: Set<PeerAddress> = []
        return Array(list.filter { seen.insert($0).inserted }.prefix(most))
    }
}
