public import Logging
public import Model
import Synchronization

/// Announces this node and keeps the list of the others nearby, for as long as ``run()`` runs.
///
/// Everything but `run()` answers at once, from any thread, before, during and after the run.
public final class NearbyNodes: Sendable {
    private struct Known {
        var state = DiscoveryState.starting
        var nodes: [NodeID: NearbyNode] = [:]
        var copies: [String] = []
        var listeners: [Int: AsyncStream<DiscoveryEvent>.Continuation] = [:]
        var nextListener = 0
        var hasEnded = false
    }

    /// Announces and browses on the thread that it is called on: returns when `stop` was raised, fails when Avahi is
    /// not there or goes.
    typealias Session =
        @Sendable (_ stop: StopSignal, _ report: @escaping (DiscoverySession.Report) -> Void) -> Result<
            Void, DiscoveryError
        >

    /// The name that is announced, and what ends the session that announces it.
    final class Announced: Sendable {
        private let state: Mutex<(name: String, stop: StopSignal?, taken: Set<String>)>

        init(_ name: String) { state = Mutex((name, nil, [])) }

        /// The names that Avahi has given to this node, the present one among them.
        var taken: Set<String> { state.withLock { $0.taken } }

        func took(_ name: String) { state.withLock { _ = $0.taken.insert(name) } }

        var name: String { state.withLock { $0.name } }

        func rename(_ name: String) {
            state.withLock { state in
                state.name = name
                state.stop?.raise()
            }
        }

        func runs(until stop: StopSignal?) { state.withLock { $0.stop = stop } }
    }

    private let announced: Announced
    private let session: Session
    private let logger: Logger
    private let wait: @Sendable (Duration) async throws -> Void
    private let known = Mutex(Known())

    /// - Parameters:
    ///   - id: this node, announced and left out of the list.
    ///   - name: its name for people; cut to 63 bytes. A number is appended when another has it.
    ///   - port: the TCP port that peers reach it at, 1 to 65535.
    ///   - wait: waits before another attempt; throws when the task is cancelled.
    public convenience init(
        id: NodeID, name: String, port: Int, logger: Logger,
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await ContinuousClock().sleep(for: $0) }
    ) {
        precondition((1...65_535).contains(port), "a node is announced once its port is bound")
        let current = Announced(name)
        self.init(logger: logger, wait: wait, announced: current) { stop, report in
            let announced = DiscoverySession.Announced(
                id: id, name: current.name, port: port, earlier: current.taken)
            let session = DiscoverySession(announced, stop: stop, report: report)
            do throws(DiscoveryError) {
                try session.run()
                return .success(())
            } catch {
                return .failure(error)
            }
        }
    }

    init(
        logger: Logger, wait: @escaping @Sendable (Duration) async throws -> Void, announced: Announced = Announced(""),
        session: @escaping Session
    ) {
        self.logger = logger
        self.announced = announced
        self.wait = wait
        self.session = session
    }

    /// Announces and looks for nodes until the task is cancelled, through any absence and restart of Avahi: logs that
    /// once, and tries again after 0.5 to 60 seconds. Says goodbye at the end. To be run once.
    public func run() async {
        // An attempt costs one connection to a local socket. Once a minute does not keep an idle machine awake, and is
        // soon enough for a person who just installed Avahi; one that restarts is back within the first seconds.
        var backoff = Backoff(first: .milliseconds(500), longest: .seconds(60))
        while !Task.isCancelled {
            do throws(DiscoveryError) {
                try await runSession()
            } catch {
                if case .available = state { backoff.succeeded() }
                lose(error)
                do { try await wait(backoff.failed()) } catch { break }
            }
        }
        end()
    }

    /// Announces this node by another name from now on.
    public func rename(_ name: String) { announced.rename(name) }

    /// Whether Avahi is there.
    public var state: DiscoveryState { known.withLock { $0.state } }

    /// The nodes nearby, by id, without this one.
    public var nodes: [NearbyNode] { known.withLock { $0.nodes.values.sorted { $0.id < $1.id } } }

    /// What happens to the list from now on, beginning with a `found` for each node that is in it now, and the copies of this one. Ends with
    /// ``run()``. Any number may listen; what one has not taken yet is kept for it.
    public func events() -> AsyncStream<DiscoveryEvent> {
        let (stream, continuation) = AsyncStream<DiscoveryEvent>.makeStream()
        let listener: Int? = known.withLock { known in
            for event in DiscoveryEvent.changes(from: [:], to: known.nodes) { continuation.yield(event) }
            if !known.copies.isEmpty { continuation.yield(.copied(known.copies)) }
            guard !known.hasEnded else { return nil }
            known.listeners[known.nextListener] = continuation
            known.nextListener += 1
            return known.nextListener - 1
        }
        guard let listener else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.known.withLock { $0.listeners.removeValue(forKey: listener) }
        }
        return stream
    }

    /// Returns when the task is cancelled or the node got another name, and throws when Avahi is not there or goes.
    private func runSession() async throws(DiscoveryError) {
        let stop = try StopSignal()
        // From here on another name ends this session, and the next one announces it.
        announced.runs(until: stop)
        defer { announced.runs(until: nil) }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (done: CheckedContinuation<Result<Void, DiscoveryError>, Never>) in
                do throws(DiscoveryError) {
                    try OwnThread.start { [self] in done.resume(returning: session(stop, take)) }
                } catch {
                    done.resume(returning: .failure(error))
                }
            }
        } onCancel: {
            stop.raise()
        }
        try result.get()
    }

    private func take(_ report: DiscoverySession.Report) {
        switch report {
        case .available(let name):
            announced.took(name)
            let isNew = known.withLock { known in
                defer { known.state = .available(name: name) }
                return known.state != .available(name: name)
            }
            if isNew { logger.info("announced as '\(name)'") }
        case .nodes(let nodes): replaceNodes(with: nodes)
        case .copies(let copies): replaceCopies(with: copies)
        case .warning(let text): logger.warning("\(text)")
        }
    }

    private func replaceNodes(with nodes: [NodeID: NearbyNode]) {
        // Told under the lock, so that every listener hears the changes in the order in which they happened.
        known.withLock { known in
            for event in DiscoveryEvent.changes(from: known.nodes, to: nodes) {
                for listener in known.listeners.values { listener.yield(event) }
            }
            known.nodes = nodes
        }
    }

    private func replaceCopies(with copies: [String]) {
        known.withLock { known in
            guard known.copies != copies else { return }
            known.copies = copies
            for listener in known.listeners.values { listener.yield(.copied(copies)) }
        }
    }

    private func lose(_ error: DiscoveryError) {
        replaceNodes(with: [:])
        replaceCopies(with: [])
        let isNew = known.withLock { known in
            defer { known.state = .unavailable(reason: error.message) }
            return known.state != .unavailable(reason: error.message)
        }
        guard isNew else { return }
        logger.warning("nodes nearby cannot be found, known addresses still work. \(error.message)")
    }

    private func end() {
        replaceNodes(with: [:])
        replaceCopies(with: [])
        let listeners = known.withLock { known in
            known.state = .starting
            known.hasEnded = true
            return known.listeners.values.map { $0 }
        }
        for listener in listeners { listener.finish() }
    }
}
