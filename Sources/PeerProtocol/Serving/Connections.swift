import Identity
import Model
import NIOCore
import Synchronization

/// The server's connections: who is at the other end, what runs on each, and the limits on both.
///
/// When a connection ends, its peer is unpaired or the server stops, whatever runs on it is told at once.
final class Connections: Sendable {
    /// Who is at the other end of a connection.
    enum Stage: Hashable {
        /// No request came yet.
        case handshaking
        case stranger(NodeID)
        case peer(NodeID)
    }

    fileprivate struct Connection {
        let channel: any Channel
        let number: UInt64
        /// The IP address at the other end.
        let source: String
        var stage = Stage.handshaking
        var certificate: PeerCertificate?
        var ends: [UInt64: AsyncStream<Never>.Continuation] = [:]

        /// Whether it is nobody's whom this node knows, and nothing runs on it.
        var isDispensable: Bool { if case .peer = stage { false } else { ends.isEmpty } }
    }

    fileprivate struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var counts: [Stage: Int] = [:]
        var running: [NodeID: Int] = [:]
        var handshakes = 0
        var strangers = 0
        var next: UInt64 = 0
        var stopping = false
        /// The addresses from which peers have come, the latest last.
        var known: [String] = []
    }

    private let limits: ServerLimits
    private let state = Mutex(State())

    init(limits: ServerLimits) { self.limits = limits }

    /// How many connections there are.
    var count: Int { state.withLock { $0.connections.count } }

    /// Takes a new connection in. False when it must be closed at once.
    func opened(_ channel: any Channel) -> Bool {
        let (taken, victim) = state.withLock { state -> (Bool, (any Channel)?) in
            guard !state.stopping else { return (false, nil) }
            var victim: (any Channel)?
            if state.handshakes >= limits.handshakes {
                victim = state.takeVictim { $0.stage == .handshaking }
            } else if state.connections.count >= limits.connections {
                victim = state.takeVictim { $0.isDispensable }
                guard victim != nil else { return (false, nil) }
            }
            state.next += 1
            state.connections[ObjectIdentifier(channel)] = Connection(
                channel: channel, number: state.next, source: channel.remoteAddress?.ipAddress ?? "")
            state.handshakes += 1
            return (true, victim)
        }
        victim?.close(promise: nil)
        return taken
    }

    /// Notes who is at the other end, as TLS proved it; again at each request, as a stranger may become a peer and a
    /// peer a stranger. False when it must be closed.
    func identified(_ channel: any Channel, as certificate: PeerCertificate, trusted: Bool) -> Bool {
        let (taken, victim) = state.withLock { state -> (Bool, (any Channel)?) in
            let key = ObjectIdentifier(channel)
            guard let connection = state.connections[key] else { return (false, nil) }
            let stage: Stage = trusted ? .peer(certificate.id) : .stranger(certificate.id)
            state.connections[key]?.certificate = certificate
            if connection.stage == stage { return (true, nil) }
            var victim: (any Channel)?
            if trusted {
                guard state.counts[stage, default: 0] < limits.connectionsPerPeer else { return (false, nil) }
            } else {
                if state.strangers >= limits.strangers {
                    victim = state.takeVictim { $0.stage != .handshaking && $0.isDispensable }
                    guard victim != nil else { return (false, nil) }
                }
            }
            state.count(connection.stage, -1)
            state.count(stage, 1)
            state.connections[key]?.stage = stage
            if trusted { state.know(connection.source) }
            return (true, victim)
        }
        victim?.close(promise: nil)
        return taken
    }

    /// Who TLS proved to be at the other end.
    func certificate(of channel: any Channel) -> PeerCertificate? {
        state.withLock { $0.connections[ObjectIdentifier(channel)]?.certificate }
    }

    /// Forgets a connection that closed; what runs on it is told.
    func closed(_ channel: any Channel) {
        let ends = state.withLock { state -> [AsyncStream<Never>.Continuation] in
            guard let connection = state.connections.removeValue(forKey: ObjectIdentifier(channel)) else { return [] }
            state.count(connection.stage, -1)
            return Array(connection.ends.values)
        }
        for end in ends { end.finish() }
    }

    /// Runs `operation` for a request on `channel`, and cancels it when the connection ends.
    ///
    /// - Parameter drop: lets go of a result that came after the end.
    /// - Throws: ``Ended`` when the connection ended first, `PeerRefusal` `tooMany` when `node` has too much in flight.
    func run<Value: Sendable>(
        on channel: any Channel, for node: NodeID, drop: @Sendable (Value) async -> Void = { _ in },
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let key = ObjectIdentifier(channel)
        let (ended, end) = AsyncStream.makeStream(of: Never.self)
        let number = try state.withLock { state -> UInt64 in
            guard state.connections[key] != nil, !state.stopping else { throw Ended() }
            guard state.running[node, default: 0] < limits.requestsPerPeer else {
                throw PeerRefusal(
                    .tooMany, "more than \(limits.requestsPerPeer) requests at once; ask again in a second",
                    retryAfter: .seconds(1))
            }
            state.running[node, default: 0] += 1
            state.next += 1
            state.connections[key]?.ends[state.next] = end
            return state.next
        }
        defer {
            state.withLock { state in
                let left = state.running[node, default: 1] - 1
                state.running[node] = left == 0 ? nil : left
                state.connections[key]?.ends[number] = nil
            }
            end.finish()
        }
        return try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await operation() }
            group.addTask {
                for await _ in ended {}
                throw Ended()
            }
            let first = await group.nextResult()
            group.cancelAll()
            while let late = await group.nextResult() { if case .success(let value) = late { await drop(value) } }
            guard let first else { throw Ended() }
            return try first.get()
        }
    }

    /// Closes all connections of `node`.
    func disconnect(_ node: NodeID) {
        let channels = state.withLock { state in
            state.connections.values.filter { $0.certificate?.id == node }.map(\.channel)
        }
        for channel in channels {
            closed(channel)
            channel.close(promise: nil)
        }
    }

    /// Takes no more, tells what runs to end, and closes all after `grace`.
    func stop(grace: TimeAmount) {
        let connections = state.withLock { state in
            state.stopping = true
            return Array(state.connections.values)
        }
        for connection in connections {
            for end in connection.ends.values { end.finish() }
            let channel = connection.channel
            if connection.ends.isEmpty {
                channel.close(promise: nil)
            } else {
                channel.eventLoop.scheduleTask(in: grace) { channel.close(promise: nil) }
            }
        }
    }

    /// The connection is no more, or is not to be used any more.
    struct Ended: Error {}
}

extension Connections.State {
    mutating func count(_ stage: Connections.Stage, _ change: Int) {
        switch stage {
        case .handshaking: handshakes += change
        case .stranger: strangers += change
        case .peer:
            let left = counts[stage, default: 0] + change
            counts[stage] = left == 0 ? nil : left
        }
    }

    /// Notes that a peer has come from an address.
    mutating func know(_ source: String) {
        if known.last == source { return }
        known.removeAll { $0 == source }
        known.append(source)
        if known.count > Self.mostKnown { known.removeFirst() }
    }

    private static let mostKnown = 64
    /// Connections of an address from which a peer has come that make no room for others: it may be coming again.
    private static let lane = 2

    /// Takes out the connection that makes room for another: the oldest of the address that has most of those, so that a
    /// flood from one address costs nobody else, and one from many addresses no peer. It is none any more at once, whatever
    /// its goodbye takes.
    mutating func takeVictim(where matches: (Connections.Connection) -> Bool) -> (any Channel)? {
        let candidates = connections.values.filter(matches)
        let counts = candidates.reduce(into: [String: Int]()) { $0[$1.source, default: 0] += 1 }
        let others = candidates.filter { connection in
            let isPerhapsPeer = connection.stage == .handshaking && known.contains(connection.source)
            return !isPerhapsPeer || (counts[connection.source] ?? 0) > Self.lane
        }
        let victim = (others.isEmpty ? candidates : others).max { a, b in
            let (first, second) = (counts[a.source] ?? 0, counts[b.source] ?? 0)
            return first == second ? a.number > b.number : first < second
        }
        guard let victim else { return nil }
        connections[ObjectIdentifier(victim.channel)] = nil
        count(victim.stage, -1)
        return victim.channel
    }
}
