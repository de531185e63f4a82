import HostilePeer
import Model
import PeerProtocol
import Synchronization

/// A lying peer whose lies change while it is served, and that notes what it is asked for.
final class Liar: PeerAnswering {
    struct State: Sendable {
        var peer: LyingPeer
        /// How often what happened.
        var counts: [String: Int] = [:]
        /// The highest sequence number of a record that was given.
        var given: Record.Sequence = 0
        /// The images of which a main was given.
        var served: Set<ImageID> = []
        fileprivate var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
        fileprivate var next = 0
    }

    /// What was waited for did not happen.
    struct InVain: Error, CustomStringConvertible {
        let description: String
    }

    private let state: Mutex<State>

    init(_ peer: LyingPeer) { state = Mutex(State(peer: peer)) }

    var now: State { state.withLock { $0 } }

    /// Tells other lies from now on.
    func change(_ body: (inout LyingPeer) -> Void) { update { body(&$0.peer) } }

    /// Notes that something happened.
    func count(_ what: String, _ times: Int = 1) { update { $0.counts[what, default: 0] += times } }

    private func update(_ body: (inout State) -> Void) {
        let watchers = state.withLock { state in
            body(&state)
            return state.watchers
        }
        for watcher in watchers.values { watcher.yield() }
    }

    /// Waits until it is so, or until `deadline`.
    ///
    /// - Returns: whether it is.
    private func wait(until deadline: ContinuousClock.Instant, _ isSo: @escaping @Sendable (State) -> Bool) async
        -> Bool
    {
        let (news, source) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        source.yield()
        let number = state.withLock { state in
            state.next += 1
            state.watchers[state.next] = source
            return state.next
        }
        defer { state.withLock { $0.watchers[number] = nil } }
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in news where isSo(self.now) { return true }
                return false
            }
            group.addTask {
                try? await ContinuousClock().sleep(until: deadline)
                return false
            }
            let isSo = await group.next() ?? false
            group.cancelAll()
            return isSo
        }
    }

    /// Waits until it is so.
    func wait(for what: String, _ isSo: @escaping @Sendable (State) -> Bool) async throws {
        guard await wait(until: .now + .seconds(60), isSo) else {
            throw InVain(description: "not within a minute: \(what); so far: \(now.counts)")
        }
    }

    // MARK: What it is asked

    func isTrusted(_ node: NodeID) -> Bool { true }

    func summary() async throws -> NodeSummary { try await now.peer.summary() }

    func summary(unless digest: Digest, wait: Duration) async throws -> NodeSummary {
        _ = await self.wait(until: .now + wait) { $0.peer.digest != digest }
        return try await summary()
    }

    func digests(of range: SequenceRange, parts: Int) async throws -> [Digest] {
        try await now.peer.digests(of: range, parts: parts)
    }

    func records(in range: SequenceRange, limit: Int) async throws -> RecordLines {
        let records = try await now.peer.records(in: range, limit: limit)
        update { state in
            let last = min(range.to - 1, Int64(state.peer.lines.count))
            if records.next == nil { state.given = max(state.given, last) }
        }
        return records
    }

    func reducedCopy(of image: ImageID, edge: Int, quality: Int, for node: NodeID) async throws -> [UInt8] {
        count("reduced")
        return try await now.peer.reducedCopy(of: image, edge: edge, quality: quality, for: node)
    }

    func main(of image: ImageID, for node: NodeID) async throws -> any MainReading {
        let main = try await now.peer.main(of: image, for: node)
        update { $0.served.insert(image) }
        return main
    }

    func hold(_ request: HoldRequest, for node: NodeID) async throws -> HoldGrant {
        count("asked")
        return try await now.peer.hold(request, for: node)
    }

    func release(_ nonce: Bytes32, by node: NodeID) async throws { try await now.peer.release(nonce, by: node) }
}
