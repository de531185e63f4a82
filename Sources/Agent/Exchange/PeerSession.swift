import Catalogue
import Control
import Disk
import Foundation
import Identity
import Imaging
import Logging
import Model
import PeerProtocol
import Planning
import Synchronization

/// The link to one peer: reaches it, keeps the mirror of its list in step, and gets files from it. Runs until it is
/// cancelled.
struct PeerSession {
    let client: PeerClient
    let parts: Parts
    /// What came, for the log.
    private let haul = Haul()

    init(client: PeerClient, parts: Parts) {
        (self.client, self.parts) = (client, parts)
    }

    /// What all sessions share.
    struct Parts: Sendable {
        let catalogue: CatalogueDatabase
        let peers: TrustedPeers
        let connected: ConnectedPeers
        let fetcher: Fetcher
        let steering: Steering
        let copies: Copies
        let receiver: Receiver
        let mains: ReceivedMains
        let progress: Progress
        let logger: Logger
        /// Where discovery sees a peer now.
        let nearby: @Sendable (NodeID) -> [String]
        /// Addresses that a person configured, tried for every peer: the certificate tells whose each is.
        let configured: @Sendable () -> [String]
        /// The room on the disk of the catalogue.
        let space: @Sendable () throws -> DiskSpace
    }

    /// Files got at once from one peer: two for each of its two or four cores keep it busy while we place.
    static let lanes = 4
    /// Bytes of one lane's mains that are being placed while it gets the next: as many as make a batch worth its syncs,
    /// few enough that a slow disk ends with them in the seconds that an agent has to stop.
    static let placing: Int64 = 32 << 20
    /// What a small main weighs in this, because its file costs something too.
    static let leastPlacing: Int64 = 1 << 18
    /// Failures of the link in a row, on one lane, before the session is begun anew.
    static let patience = 3
    /// Waits between attempts to reach a peer that does not answer. A news of its address ends any wait.
    static let reconnect = Backoff(first: .milliseconds(500), longest: .seconds(60))

    /// Waits between exchanges that end with lists that differ.
    static let disagreement = Backoff(first: .milliseconds(500), longest: .seconds(300))

    private var peer: NodeID { client.peer }
    private var name: String { parts.peers.name(of: peer) }

    func run() async {
        let failures = Atomic(0)
        while !Task.isCancelled {
            let edition = parts.peers.changes.edition
            do {
                try await follow { failures.store(0, ordering: .relaxed) }
            } catch {
                guard !Task.isCancelled else { break }
                note(error, isFirst: failures.add(1, ordering: .relaxed).newValue == 1)
            }
            let count = failures.load(ordering: .relaxed)
            let wait = Self.reconnect.wait(afterFailures: count, spread: .random(in: 0...1))
            await parts.peers.changes.wait(past: edition, until: .now + wait)
        }
        await parts.fetcher.setConnected(peer, false)
        await client.close()
    }

    private func note(_ error: any Error, isFirst: Bool) {
        let fault = error as? PeerError
        let reason = fault?.message(calling: name) ?? "\(error)"
        let link = parts.peers[peer]?.link
        parts.peers.update(peer) { ($0.isConnected, $0.problem, $0.fault) = (false, reason, fault?.code) }
        if isFirst || link?.isConnected == true || link?.fault != fault?.code {
            let what = fault?.code == .unpaired ? "a peer does not know this machine" : "peer does not answer"
            parts.logger.notice("\(what)", metadata: ["peer": "\(name)", "reason": "\(reason)"])
        }
    }

    /// Reaches the peer and stays with it until the link fails.
    ///
    /// - Parameter connected: called after each whole exchange: the link is good for its purpose.
    private func follow(connected: @escaping @Sendable () -> Void) async throws {
        client.use(addresses())
        let summary = try await client.summary()
        try await answered(summary)
        parts.peers.update(peer) { ($0.isConnected, $0.problem, $0.fault) = (true, nil, nil) }
        parts.logger.info(
            "connected",
            metadata: ["peer": "\(name)", "address": "\(client.lastAddress.map(String.init(describing:)) ?? "")"])
        await parts.fetcher.setConnected(peer, true)
        parts.connected[peer] = client
        defer { parts.connected[peer] = nil }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let together = FetchQueue.Together(
                    count: min(summary.mainsTogether, client.limits.mainsTogether), bytes: client.limits.bytesTogether)
                for _ in 0..<Self.lanes { group.addTask { try await getFiles(together) } }
                group.addTask { try await mirror(from: summary, inStep: connected) }
                group.addTask { try await watchAddress() }
                group.addTask {
                    await haul.tell(parts.logger, name: { name }) { parts.fetcher.counts.running > 0 }
                }
                try await group.next()
                group.cancelAll()
            }
        } catch {
            await parts.fetcher.setConnected(peer, false)
            throw error
        }
        await parts.fetcher.setConnected(peer, false)
    }

    /// Ends the session when the peer is announced elsewhere than where it was reached: a connection to an address that
    /// is gone says nothing for a minute.
    private func watchAddress() async throws {
        let used = client.lastAddress?.description
        let wasAnnounced = used.map { parts.nearby(peer).contains($0) } ?? false
        while !Task.isCancelled {
            let edition = parts.peers.changes.edition
            let announced = parts.nearby(peer)
            if wasAnnounced, let used, !announced.isEmpty, !announced.contains(used) { throw Moved() }
            await parts.peers.changes.wait(past: edition)
        }
    }

    private struct Moved: Error, CustomStringConvertible {
        var description: String { "It has another address now and is reached there." }
    }

    private func addresses() -> [PeerAddress] {
        let known = parts.peers[peer]?.row.addresses ?? []
        return (parts.nearby(peer) + known + parts.configured()).compactMap { PeerAddress($0) }
    }

    private func answered(_ summary: NodeSummary) async throws {
        parts.peers.update(peer) { $0.announced = summary.digest }
        if parts.peers.reduces(summary.reduces, peer) { await parts.steering.considerWanted() }
        if let address = client.lastAddress {
            let changed = try await parts.peers.answered(
                peer, name: summary.name.description, keep: summary.keep, address: address.description)
            await parts.steering.consider(changed)
        }
    }

    /// Keeps the mirror in step for as long as the link holds.
    private func mirror(from first: NodeSummary, inStep: @Sendable () -> Void) async throws {
        var summary = first
        var unequal = 0
        while !Task.isCancelled {
            let exchange = PeerExchange(
                client: client, catalogue: parts.catalogue, steering: parts.steering, progress: parts.progress,
                name: name, space: parts.space)
            let isWhole: Bool
            var fault: DiskError?
            do {
                parts.logger.trace(
                    "compares lists", metadata: ["peer": "\(name)", "records": "\(summary.digest.count)"])
                isWhole = try await exchange.run(to: summary)
            } catch let error as DiskError where error.code == .noSpace {
                // All else goes on: what makes room there, too.
                (isWhole, fault) = (false, error)
            }
            if isWhole {
                parts.copies.isWhole()
                inStep()
            }
            // A list that never comes to agree is compared more and more rarely, and one that changes all the time not
            // more than twenty times a second.
            unequal = isWhole ? 0 : unequal + 1
            let pause = isWhole ? .milliseconds(50) : Self.disagreement.wait(afterFailures: unequal, spread: 1)
            try await ContinuousClock().sleep(for: pause)
            let current = try await client.summary(unless: summary.digest, wait: isWhole ? .seconds(60) : .seconds(1))
            let reason = fault?.message
            if !isWhole && (reason != nil || current.digest == summary.digest) {
                parts.peers.update(peer) {
                    $0.problem =
                        reason ?? "Some records of this peer cannot be taken over; update Mainstay on both machines."
                }
            } else {
                parts.peers.update(peer) { $0.problem = nil }
            }
            summary = current
            try await answered(summary)
        }
    }

    /// Gets one file after the other, or small ones together, for as long as the link holds. Mains that have come are
    /// placed meanwhile.
    private func getFiles(_ together: FetchQueue.Together) async throws {
        try await withThrowingTaskGroup(of: Int64.self) { placing in
            var lane = Lane(together: together)
            while true {
                let jobs = await parts.fetcher.next(from: peer, together: lane.together)
                if jobs.isEmpty { break }
                var rest = await get(together: jobs, &lane, &placing)[...]
                do {
                    while let job = rest.popFirst() {
                        guard try await get(job, &lane, &placing) else { break }
                    }
                } catch {
                    for job in rest { await givenUp(job) }
                    throw error
                }
                for job in rest { await givenUp(job) }
                if Task.isCancelled { return }
            }
        }
    }

    /// What one lane is at.
    private struct Lane {
        var together: FetchQueue.Together
        /// Failures of the link in a row.
        var failures = 0
        /// Of the mains that are being placed.
        var weight: Int64 = 0
    }

    private typealias Placing = ThrowingTaskGroup<Int64, any Error>

    /// Gets small mains in one request.
    ///
    /// - Returns: those that are to be got alone: where all fails, each for itself shows what the matter is.
    private func get(together jobs: [FetchQueue.Job], _ lane: inout Lane, _ placing: inout Placing) async
        -> [FetchQueue.Job]
    {
        guard jobs.count > 1 else { return jobs }
        do {
            let (mains, rest) = try await parts.receiver.get(together: jobs, from: client)
            if !mains.isEmpty { try await add(mains, &lane, &placing) }
            return rest
        } catch {
            if let error = error as? PeerError, error.code != .busy { lane.together.count = 1 }
            return jobs
        }
    }

    /// Gets one file.
    ///
    /// - Returns: false when others are not to be tried after it.
    /// - Throws: when the link is at fault, again and again.
    private func get(_ job: FetchQueue.Job, _ lane: inout Lane, _ placing: inout Placing) async throws -> Bool {
        do {
            switch try await parts.receiver.get(job, from: client) {
            case .placed(let images):
                got([job.wish])
                try await parts.fetcher.finish(job)
                // While it ran, its holder may have moved it, or this node may want something else of it.
                await parts.steering.consider(images.union([job.wish.info.image]))
            case .received(let main): try await add([main], &lane, &placing)
            }
            lane.failures = 0
            return true
        } catch {
            if Task.isCancelled || error is CancellationError {
                await givenUp(job)
                return false
            }
            lane.failures += try await failed(job, error)
            await parts.steering.consider([job.wish.info.image])
            if lane.failures >= Self.patience { throw error }
            return !Self.concernsDisk(error)
        }
    }

    /// Has mains placed while the next are got, as soon as not too much is being placed.
    private func add(_ mains: [ReceivedMains.Main], _ lane: inout Lane, _ placing: inout Placing) async throws {
        let own = mains.reduce(0) { $0 + max($1.wish.info.mainBytes, Self.leastPlacing) }
        while lane.weight + own > Self.placing, let placed = try await placing.next() { lane.weight -= placed }
        placing.addTask {
            try await place(mains)
            return own
        }
        lane.weight += own
    }

    /// - Throws: ``Astray``, which ends the session; what is open is got in the next one.
    private func place(_ mains: [ReceivedMains.Main]) async throws {
        let outcomes = await parts.mains.place(mains)
        var placed: [Decision.Wish] = []
        var astray: Astray?
        for (main, outcome) in zip(mains, outcomes) {
            parts.receiver.ended(main)
            switch outcome {
            case .success: placed.append(main.wish)
            case .failure(let error as Astray): astray = error
            case .failure(let error):
                // The link has no part in this, so no fault of it ends the session.
                if !Task.isCancelled, (try? await failed(main.job, error)) != nil {
                    await parts.steering.consider([main.wish.info.image])
                } else {
                    await givenUp(main.job)
                }
            }
        }
        got(placed)
        if let astray { throw astray }
    }

    private func got(_ wishes: [Decision.Wish]) {
        guard !wishes.isEmpty else { return }
        parts.receiver.got(wishes, from: client)
        let mains = wishes.filter { $0.info.form == .main }
        haul.add(
            mains: mains.count, copies: wishes.count - mains.count, bytes: mains.reduce(0) { $0 + $1.info.mainBytes })
    }

    /// Whether the disk takes no file at present.
    private static func concernsDisk(_ error: any Error) -> Bool {
        guard let error = error as? DiskError else { return false }
        return [.noSpace, .readOnly, .libraryMissing].contains(error.code)
    }

    /// The session ends, and the job is another's. What became of the image while it ran is not known to the queue.
    private func givenUp(_ job: FetchQueue.Job) async {
        // What is not known to be got here need not be given back.
        try? await parts.fetcher.giveBack(job)
        let steering = parts.steering
        _ = try? await shielded { await steering.consider([job.wish.info.image]) }
    }

    /// - Returns: 1 when the link is at fault, 0 when it is the file, the disk or the queue at the other side.
    private func failed(_ job: FetchQueue.Job, _ error: any Error) async throws -> Int {
        switch error {
        case is Astray: throw error
        case let error as PeerError:
            switch error.code {
            case .busy:
                try await parts.fetcher.giveBack(job)
                try await ContinuousClock().sleep(for: max(error.retryAfter ?? .seconds(1), .seconds(1)))
                return 0
            case .unreachable, .wrongPeer, .unpaired:
                try await parts.fetcher.giveBack(job)
                throw error
            case .conflict:
                // The file changed at the holder, whose next record tells what it is now.
                try await report(job, error.message(calling: name), isRetryable: true)
            case .disconnected, .stalled:
                try await report(job, error.message(calling: name), isRetryable: true)
                return 1
            default:
                try await report(job, error.message(calling: name), isRetryable: error.isRetryable)
            }
        case let error as DiskError where Self.concernsDisk(error):
            try await parts.fetcher.pause(job, reason: error.message)
        case let error as DiskError:
            try await report(job, error.message, isRetryable: true)
        case let error as ImagingError:
            try await report(job, "\(name) sent something that was not taken: \(error.message)", isRetryable: false)
        case let error as ReceivedMains.OtherType:
            try await report(job, "\(name) sent something that was not taken: \(error)", isRetryable: false)
        default:
            try await report(job, "\(error)", isRetryable: true)
        }
        return 0
    }

    private func report(_ job: FetchQueue.Job, _ reason: String, isRetryable: Bool) async throws {
        if try await parts.fetcher.fail(job, at: peer, reason: reason, isRetryable: isRetryable) {
            parts.logger.warning(
                "could not get", metadata: ["path": "\(job.wish.info.path)", "peer": "\(name)", "reason": "\(reason)"])
        }
    }
}
