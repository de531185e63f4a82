import Catalogue
import Control
import Decoding
import Discovery
import Disk
import Identity
import Imaging
import Logging
import Model
import PeerProtocol
import ServiceLifecycle

/// The services of one node, put together: the only place that knows them all.
struct NodeServices {
    private let configuration: AgentConfiguration
    private let settings: NodeSettings
    private let identity: NodeIdentity
    private let catalogue: CatalogueDatabase
    private let logger: Logger

    private let status: Status
    /// Tells that the own list changed, or what this node says of itself.
    private let news = Bulletin()
    private let tellPeers: @Sendable () -> Void
    private let shelf: Shelf
    private let vitals: Vitals
    /// What discovery has told so far.
    private let sightings: Shown<Int>
    private let clock = NodeClock()
    private let later = Later()
    private let connected = ConnectedPeers()
    private let limits = ImagingLimits()
    private let calls: any SystemCalls
    private let decoder: DecoderPool?
    private let reducing: ReducingPool
    private let content: Content
    private let rendering: RenderingPool
    private let previews: Previews
    private let renditions: Renditions
    private let problems: Problems
    private let supervisor: Supervisor
    private let progress: Progress
    private let peers: TrustedPeers
    private let fetcher: Fetcher
    private let placements: Placements
    private let copies: Copies
    private let steering: Steering
    private let library: LibraryService
    private let departures: Departures
    private let damage: Damage
    private let verifier: Verifier
    private let evictor: Evictor
    private let caretaker: Caretaker
    private let desk: PairingDesk
    private let server: PeerServer

    init(
        configuration: AgentConfiguration, identity: NodeIdentity, catalogue: CatalogueDatabase, calls: any SystemCalls,
        logger: Logger
    ) async throws {
        self.configuration = configuration
        self.identity = identity
        self.catalogue = catalogue
        self.logger = logger
        self.calls = calls
        let status = Status()
        self.status = status
        let settings = NodeSettings(configuration, status: status)
        self.settings = settings
        let tellPeers = { @Sendable [news] in news.post() }
        self.tellPeers = tellPeers
        shelf = Shelf(status: status)
        vitals = Vitals(status: status)
        sightings = Shown(0, in: status)
        let changes = Shown(0, in: status)
        catalogue.observe { change in
            if change == .ownList { tellPeers() }
            changes.change { $0 += 1 }
        }
        let name = { @Sendable in NodeName(nearest: settings.name) }
        let memory = DecodingMemory()
        decoder = configuration.decoder.map { DecoderPool(program: $0) }
        reducing = ReducingPool(limits: limits, memory: memory, decoder: decoder)
        let reduces = { @Sendable [reducing] in reducing.types }
        let reducedCopies = ReducedCopies(pool: reducing)
        rendering = RenderingPool(limits: limits, memory: memory, decoder: decoder)
        previews = Previews(id: identity.id, shelf: shelf, catalogue: catalogue, pool: rendering)
        problems = Problems(status: status)
        supervisor = Supervisor(problems: problems, logger: logger)
        progress = Progress(status: status)
        peers = try await TrustedPeers(catalogue: catalogue, status: status)
        fetcher = Fetcher(problems: problems, status: status)
        departures = Departures(shelf: shelf, catalogue: catalogue, clock: clock, logger: logger)
        placements = Placements(
            shelf: shelf, catalogue: catalogue, departures: departures, later: later, problems: problems,
            name: { name().description }, logger: logger)
        copies = Copies(placements: placements, peers: peers, status: status)
        steering = Steering(
            catalogue: catalogue, settings: settings, reduces: reduces, peers: peers, fetcher: fetcher,
            placements: placements, copies: copies, logger: logger)
        let cut = try await PowerCut(catalogue)
        library = LibraryService(
            parts: LibraryService.Parts(
                path: configuration.library, calls: calls, shelf: shelf, catalogue: catalogue, steering: steering,
                reduced: reducedCopies,
                problems: problems, progress: progress, departures: departures, cut: cut, id: identity.id,
                settings: settings, clock: clock, status: status, logger: logger))
        damage = Damage(
            shelf: shelf, catalogue: catalogue, departures: departures, steering: steering, library: library,
            problems: problems, logger: logger)
        verifier = Verifier(
            shelf: shelf, catalogue: catalogue, damage: damage, progress: progress, clock: clock,
            logger: logger)
        let served = ServedMains(catalogue: catalogue)
        content = Content(
            shelf: shelf, catalogue: catalogue, copies: reducedCopies, served: served, library: library,
            problems: problems,
            limits: limits)
        evictor = Evictor(
            shelf: shelf, catalogue: catalogue, settings: settings, clock: clock, peers: peers,
            connected: connected, content: content, id: identity.id, served: served, damage: damage,
            departures: departures, steering: steering, later: later, logger: logger)
        caretaker = Caretaker(
            catalogue: catalogue, shelf: shelf, settings: settings, clock: clock, later: later,
            departures: departures, steering: steering, evictor: evictor, damage: damage, verifier: verifier,
            problems: problems, news: news, status: status, logger: logger)
        renditions = Renditions(
            parts: Renditions.Parts(
                id: identity.id, settings: settings, shelf: shelf, catalogue: catalogue,
                placements: placements, steering: steering, damage: damage, peers: peers, pool: rendering,
                previews: previews, problems: problems, progress: progress, clock: clock, news: news, status: status,
                logger: logger))
        // Before anyone can ask: what was promised before the start holds for its whole time again.
        try await catalogue.rearmHolds(at: clock.now)
        try await catalogue.countAbsence(wall: clock.wall)
        desk = PairingDesk(
            identity: identity, name: name(), trust: PairingTrust(peers: peers, logger: logger), logger: logger)
        let answers = PeerAnswers(
            id: identity.id, settings: settings, catalogue: catalogue, shelf: shelf, peers: peers,
            content: content, reduces: reduces, problems: problems, news: news,
            promises: Promises(
                shelf: shelf, catalogue: catalogue, clock: clock, damage: damage, later: later),
            logger: logger)
        server = PeerServer(
            identity: identity, hosts: configuration.listenHosts, port: configuration.port, answering: answers,
            desk: desk, logger: logger)
    }

    /// Runs everything until the task is cancelled, the service group shuts down, or a service cannot go on.
    func run(
        opened: Result<LibraryFolder, DiskError>, onReady: @escaping @Sendable (MainstayNode.ReadyInfo) -> Void,
        onStatus: @escaping @Sendable (String) -> Void
    ) async throws {
        defer {
            reducing.shutdown()
            rendering.shutdown()
        }
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await GentleStop.run { try await server.run() } }
                do {
                    vitals.port = try await server.boundPort
                } catch {
                    let hosts = configuration.listenHosts.joined(separator: " or ")
                    throw AgentError(
                        .failed,
                        "Port \(configuration.port) cannot be opened at \(hosts) (\(error)); another program may have it: "
                            + "name another with --listen HOST:PORT.", cause: error)
                }
                let nearby =
                    configuration.discovers
                    ? NearbyNodes(id: identity.id, name: settings.name, port: vitals.port, logger: logger) : nil
                let node = NodeParts(
                    id: identity.id, configuration: configuration, settings: settings, catalogue: catalogue,
                    peers: peers, fetcher: fetcher,
                    copies: copies, steering: steering, library: library, verifier: verifier, nearby: nearby,
                    problems: problems,
                    progress: progress,
                    status: status, clock: clock, vitals: vitals, logger: logger)
                start(nearby, in: &group)
                start(sessionsWith: nearby, in: &group)
                start(libraryOpenedAs: opened, in: &group)
                keep("copies at other paths", in: &group) { await copies.run(steering) }
                keep("what is due", in: &group) { await caretaker.run() }
                keep("renditions", in: &group) { await renditions.run() }
                let answers = ControlAnswers(
                    node: node, library: library, content: content,
                    mains: MainsService(
                        node: node, connected: connected, shelf: shelf, evictor: evictor, damage: damage,
                        verifier: verifier, departures: departures, caretaker: caretaker),
                    edits: EditService(
                        node: node, shelf: shelf, previews: previews, renditions: renditions,
                        content: content),
                    exporter: Exporter(
                        node: node, connected: connected, content: content, damage: damage, renditions: renditions),
                    pairing: PairingService(
                        identity: identity, desk: desk, peers: peers, nearby: nearby, vitals: vitals,
                        listenHosts: configuration.listenHosts),
                    doctor: Doctor(node: node, shelf: shelf, decoder: decoder),
                    settingsService: SettingsService(
                        source: configuration.source, settings: settings, shelf: shelf, peers: peers,
                        nearby: nearby, logger: logger, tellPeers: tellPeers))
                let info = MainstayNode.ReadyInfo(
                    port: vitals.port, controlSocket: configuration.controlSocket, images: catalogue.ownCounts.files)
                let control = ControlServer(
                    socketPath: configuration.controlSocket, node: answers, logger: logger, onServing: { onReady(info) }
                )
                group.addTask { try await GentleStop.run { try await control.run() } }
                keep("the status line", in: &group) { await tell(node, onStatus) }
                group.addTask {
                    await lookAtDecoder()
                    try await waitForever()
                }
                keep("what is at risk", in: &group) {
                    await vitals.run(catalogue, target: { settings.policy.copiesTarget }, silent: { peers.silent })
                }
                keep("another policy", in: &group) { await followPolicy() }
                keep("free memory", in: &group) { await FreeMemory.run(status) }
                try await group.next()
                group.cancelAll()
            }
        }
    }

    /// Plans anew whenever a person has changed what is kept here, and how.
    private func followPolicy() async {
        // Neither has a say in what a node wants.
        func planned(_ policy: Policy) -> Policy {
            var policy = policy
            (policy.trashDays, policy.copiesTarget) = (0, 0)
            return policy
        }
        var known = planned(configuration.policy)
        while !Task.isCancelled {
            let (edition, policy) = (settings.changes.edition, planned(settings.policy))
            if policy != known {
                await steering.policyChanged()
                known = policy
            }
            await settings.changes.wait(past: edition)
        }
    }

    /// Looks whether the decoder works here: until then it is taken that it does.
    private func lookAtDecoder() async {
        guard let decoder else { return }
        do {
            let walls = try await shelf.threads.run { try decoder.walls() }
            guard !walls.isSuperset(of: .needed) else { return }
            logger.warning("pictures other than JPEGs are not decoded; `syncctl doctor` says why")
        } catch {
            logger.warning("the decoder does not work", metadata: ["reason": "\(error)"])
        }
    }

    private func start(_ nearby: NearbyNodes?, in group: inout ThrowingTaskGroup<Void, any Error>) {
        guard let nearby else { return }
        keep("discovery", in: &group) { await nearby.run() }
        keep("the news of discovery", in: &group) {
            // A new address of a peer ends the wait of its session.
            for await event in nearby.events() {
                if case .copied(let copies) = event { tell(of: copies) }
                peers.changes.post()
                sightings.change { $0 += 1 }
            }
        }
    }

    /// Two machines with one identity: peers take them for one, and hear of the photos of either, in turn.
    private func tell(of copies: [String]) {
        let subject = "identity"
        guard !copies.isEmpty else { return problems.withdraw(subject) }
        let reason =
            "Another machine says that it is this one: \(copies.joined(separator: ", ")). Where it was made as a copy of this "
            + "machine, or of its disk, what is new on either may reach nobody: stop syncd there, remove "
            + "'\(configuration.state)' there, and pair it as a machine of its own."
        if problems.report(subject, reason) {
            logger.warning("another machine says that it is this one", metadata: ["reason": "\(reason)"])
        }
    }

    private func start(sessionsWith nearby: NearbyNodes?, in group: inout ThrowingTaskGroup<Void, any Error>) {
        let parts = PeerSession.Parts(
            catalogue: catalogue, peers: peers, connected: connected, fetcher: fetcher, steering: steering,
            copies: copies,
            receiver: Receiver(
                shelf: shelf, catalogue: catalogue, placements: placements, progress: progress, peers: peers,
                limits: limits, settings: settings),
            mains: ReceivedMains(shelf: shelf, placements: placements, fetcher: fetcher, steering: steering),
            progress: progress, logger: logger,
            nearby: { id in nearby?.nodes.first { $0.id == id }?.addresses.map(\.description) ?? [] },
            configured: { [settings] in settings.addresses },
            space: { [calls, state = configuration.state] in try DiskSpace.at(state, calls: calls) })
        let sessions = PeerSessions(
            identity: identity, port: vitals.port, parts: parts, server: server, supervisor: supervisor)
        keep("the links to peers", in: &group) { await sessions.run() }
    }

    /// Runs a service for as long as the node runs.
    private func keep(
        _ name: String, in group: inout ThrowingTaskGroup<Void, any Error>,
        _ body: @escaping @Sendable () async throws -> Void
    ) {
        group.addTask { await supervisor.keep(name, body) }
    }

    private func start(
        libraryOpenedAs opened: Result<LibraryFolder, DiskError>,
        in group: inout ThrowingTaskGroup<Void, any Error>
    ) {
        group.addTask {
            switch opened {
            case .success(let folder): await library.run(opened: folder)
            case .failure(let error):
                await library.setMissing(error.message)
                await library.run(opened: nil)
            }
        }
        // What was wanted when the node stopped is wanted still.
        group.addTask {
            await steering.considerWanted()
            try await waitForever()
        }
    }

    private func waitForever() async throws {
        let never = Bulletin()
        await never.wait(past: 0)
        try Task.checkCancellation()
    }

    private func tell(_ node: NodeParts, _ onStatus: @Sendable (String) -> Void) async {
        var last = ""
        while !Task.isCancelled {
            let edition = status.edition
            let counts = fetcher.counts
            let connected = peers.all.filter(\.link.isConnected).count
            let line =
                "\(catalogue.ownCounts.files) files; \(connected) of \(peers.all.count) peers connected; "
                + "\(counts.pending + counts.running) to get"
            if line != last { onStatus(line) }
            last = line
            // A service manager's log needs no more than one line a second.
            try? await ContinuousClock().sleep(for: .seconds(1))
            await status.wait(past: edition)
        }
    }
}
