import Catalogue
import Control
import Disk
import Imaging
import Logging
import Model
import PeerProtocol
import Planning
import Synchronization

/// Evicts mains, one image at a time to its end, as ``Eviction`` says.
struct Evictor: Sendable {
    let shelf: Shelf
    let catalogue: CatalogueDatabase
    let settings: NodeSettings
    let clock: NodeClock
    let peers: TrustedPeers
    let connected: ConnectedPeers
    let content: Content
    let id: NodeID
    let served: ServedMains
    let damage: Damage
    let departures: Departures
    let steering: Steering
    let later: Later
    let logger: Logger

    private let driven = Driven()

    var policy: Policy { settings.policy }

    /// The images whose eviction somebody drives at present.
    private final class Driven: Sendable {
        private let images = Mutex<Set<ImageID>>([])
        func begin(_ image: ImageID) -> Bool { images.withLock { $0.insert(image).inserted } }
        func end(_ image: ImageID) { _ = images.withLock { $0.remove(image) } }
        func contains(_ image: ImageID) -> Bool { images.withLock { $0.contains(image) } }
    }

    /// Whether somebody drives the eviction of this image; a mark that nobody drives is a left-over.
    func isDriving(_ image: ImageID) -> Bool { driven.contains(image) }

    /// What evicting the images would come to, as far as is known without asking anybody.
    func plan(_ image: ImageID) async throws -> EvictionPlan {
        guard let situation = try await catalogue.situations(of: [image]).first else {
            return .stays(Eviction.Obstacle("no node knows it", isPassing: false))
        }
        return planner.eviction(of: situation, name: peers.name)
    }

    var planner: Planner {
        Planner(
            policy: policy, reachable: connected.ids, reducible: Reducible(own: content.reduces, peers: peers.reduces))
    }

    /// Evicts one main, or says why it stays.
    ///
    /// - Parameter gate: where it waits for what goes with it, once it may go.
    func evict(
        _ image: ImageID, for cause: Eviction.Cause = .person, gate: EvictionGate? = nil
    ) async throws -> Eviction.Outcome {
        guard driven.begin(image) else {
            return .kept(Eviction.Obstacle("\(Custody.Refusal.evicting)", isPassing: true))
        }
        do {
            let outcome = try await drive(image, cause, gate)
            driven.end(image)
            // The planner passed it over while it was marked. Whoever asked may have gone; what it left has not.
            let steering = steering
            _ = try? await shielded { await steering.consider([image]) }
            return outcome
        } catch {
            driven.end(image)
            // Its mark may stand still, and its main may wait to go back.
            later.look(at: clock.now + .seconds(30))
            throw error
        }
    }

    private func drive(_ image: ImageID, _ cause: Eviction.Cause, _ gate: EvictionGate?) async throws
        -> Eviction.Outcome
    {
        let (main, candidates): (Situation.Own, [NodeID])
        switch try await plan(image) {
        case .stays(let obstacle): return .kept(obstacle)
        case .possible(let own, let peers): (main, candidates) = (own, peers)
        }
        guard let own = try await catalogue.ownFile(at: main.file), own.info.image == image else {
            return .kept(Eviction.Obstacle("its file was just changed or moved", isPassing: true))
        }
        let folder = try shelf.demand()
        var eviction = Eviction(
            image: image, minimum: policy.copiesMinimum, candidates: candidates.map { ($0, Bytes32.random()) })
        var reduced: OwnFile?
        while true {
            switch try eviction.next(at: clock.now) {
            case .mark:
                let refusal = try await mark(own)
                try eviction.marked(refusal)
            case .placeReduced:
                var obstacle: Eviction.Obstacle?
                do {
                    reduced = try await CommandWaits.during("this machine makes a reduced copy of \(own.file.name)") {
                        try await placeReduced(own)
                    }
                } catch {
                    obstacle = Eviction.Obstacle("its reduced copy could not be placed (\(error))", isPassing: true)
                }
                try eviction.placed(obstacle)
            case .read(let questions):
                try await CommandWaits.during("this machine reads \(own.file.name) to compare it") {
                    try await read(own, questions, folder, &eviction)
                }
            case .ask(let questions): try await ask(questions, of: own.file.name, &eviction)
            case .remove(let proof):
                guard let reduced else {
                    return .kept(Eviction.Obstacle("it has no reduced copy here", isPassing: true))
                }
                let mayGo = await gate?.pass() ?? true
                guard mayGo else {
                    try eviction.removed(.unit)
                    continue
                }
                eviction = try await CommandWaits.during(
                    "this machine replaces \(own.file.name) by its reduced copy"
                ) {
                    try await remove(own, reduced, proof, eviction, cause)
                }
            case .takeBackReduced: await takeBackReduced(own)
            case .record, .unmark: try await unmark(image)
            case .release(let questions): await release(questions)
            case .over(let outcome):
                guard case .kept(let obstacle) = outcome else { return outcome }
                if obstacle.isDamage {
                    await damage.suspect(own)
                } else {
                    // While it was marked, nobody believed that a person had removed it.
                    await damage.library.suspect(own.file)
                }
                return outcome
            }
        }
    }

    private func mark(_ own: OwnFile) async throws -> Custody.Refusal? {
        let (catalogue, now) = (catalogue, clock.now)
        let refusal = try await shielded { try await catalogue.markEvicting(own.info.image, file: own.file, at: now) }
        if refusal == nil { served.stop(own.info.image) }
        return refusal
    }

    private func unmark(_ image: ImageID) async throws {
        let catalogue = catalogue
        try await shielded { try await catalogue.unmarkEvicting(image) }
    }

    private func placeReduced(_ own: OwnFile) async throws -> OwnFile {
        let policy = settings.policy
        let bytes = try await content.reducedCopy(
            of: own, edge: policy.edge, quality: policy.quality, for: .own(id))
        let (file, shelf, catalogue) = (own.info.path.reduced, shelf, catalogue)
        return try await catalogue.change { turn in
            let there = try await catalogue.ownFile(at: file)
            let replaced = there.flatMap { there in
                there.info.form == .reduced && there.info.image == own.info.image
                    ? KnownFile(path: file, identity: there.stamp.identity) : nil
            }
            let main = KnownFile(path: own.file, identity: own.stamp.identity)
            var attributes = own.info.attributes
            // Nobody read them of one that an earlier version has found.
            if attributes == nil { attributes = try await shelf.run { $0.attributes(of: main) } }
            let kept = attributes
            let placed = try await shelf.run { folder in
                do {
                    return try Placement(library: folder).placeReduced(
                        bytes, at: file, replacing: replaced, main: kept, synced: true)
                } catch let error as DiskError where error.code == .exists {
                    // One of an earlier try, which was not looked at yet.
                    guard try ReducedMarkerReader.marker(of: file, in: folder)?.image == own.info.image,
                        let found = try folder.find(file)
                    else { throw error }
                    return try Placement(library: folder).placeReduced(
                        bytes, at: file, replacing: KnownFile(path: file, identity: found.identity), main: kept,
                        synced: true)
                }
            }
            var copy = own.reduced(file: file, stamp: placed.identity.stamp, edge: policy.edge)
            copy.info.attributes = kept
            return copy
        }
    }

    /// What cannot be taken back now is, at the next look at the whole library.
    private func takeBackReduced(_ own: OwnFile) async {
        let (shelf, departures) = (shelf, departures)
        do {
            try await catalogue.change { turn in
                try await departures.takeBackReduced(beside: own, shelf.demand(), turn)
            }
        } catch {
            logger.warning(
                "the reduced copy of a main that stays could not be taken back",
                metadata: ["path": "\(own.file)", "reason": "\(error)"])
        }
    }

    private func read(
        _ own: OwnFile, _ questions: [Eviction.Question], _ folder: LibraryFolder, _ eviction: inout Eviction
    ) async throws {
        var (image, answers): (ImageID?, [Bytes32]) = (nil, [])
        do {
            let known = KnownFile(path: own.file, identity: own.stamp.identity)
            let read = try await shelf.prover(of: folder).read(known, nonces: questions.map(\.nonce))
            (image, answers) = (read.image, read.answers)
        } catch {
            logger.warning(
                "could not read a main to evict it", metadata: ["path": "\(own.file)", "reason": "\(error)"])
        }
        try eviction.read(image, answers: answers)
    }

    /// Gives holds back, so that nobody keeps a main longer than is needed. A peer that cannot be reached now, or does
    /// not know this request, keeps it until the hold ends by itself.
    private func release(_ questions: [Eviction.Question]) async {
        let connected = connected
        _ = try? await shielded {
            await withTaskGroup(of: Void.self) { group in
                for question in questions {
                    group.addTask { try? await connected[question.peer]?.release(question.nonce) }
                }
            }
        }
    }

    private func ask(
        _ questions: [Eviction.Question], of name: String, _ eviction: inout Eviction
    ) async throws {
        eviction.asking(at: clock.now)
        let image = eviction.image
        try await withThrowingTaskGroup(of: (NodeID, Result<HoldGrant, any Error>).self) { group in
            for question in questions {
                group.addTask {
                    do {
                        guard try await !served.isDoubtful(image, at: question.peer) else { throw Doubtful() }
                        let request = HoldRequest(image: image, nonce: question.nonce, seconds: question.seconds)
                        let grant = try await CommandWaits.during(
                            "\(peers.name(of: question.peer)) reads \(name) to prove it"
                        ) {
                            try await hold(request, by: question.peer)
                        }
                        return (question.peer, .success(grant))
                    } catch {
                        return (question.peer, .failure(error))
                    }
                }
            }
            for try await (peer, result) in group {
                switch result {
                case .success(let grant):
                    let counts = try eviction.answered(peer, proof: grant.proof, seconds: grant.seconds, at: clock.now)
                    if counts { try? await catalogue.noteProof(of: image, by: peer, wall: clock.wall) }
                case .failure(let error):
                    let (reason, isPassing) = refusal(of: peer, error)
                    try eviction.refused(peer, reason, isPassing: isPassing)
                }
            }
        }
    }

    /// A hold may take minutes, as a large main is read for it: whoever has gone meanwhile is not waited for.
    private func hold(_ request: HoldRequest, by peer: NodeID) async throws -> HoldGrant {
        guard let client = connected[peer] else { throw Gone() }
        return try await withThrowingTaskGroup(of: HoldGrant.self) { group in
            group.addTask { try await client.hold(request) }
            group.addTask {
                await connected.lost(peer)
                throw Gone()
            }
            defer { group.cancelAll() }
            guard let grant = try await group.next() else { throw Gone() }
            return grant
        }
    }

    private struct Gone: Error {}

    /// The peer reads this node's own main, or did a while ago although it said that it had it.
    private struct Doubtful: Error {}

    /// A main that is out of the library and could not go back yet.
    private struct Stranded: Error { let cause: any Error }

    private func refusal(of peer: NodeID, _ error: any Error) -> (reason: String, isPassing: Bool) {
        let name = peers.name(of: peer)
        if error is Doubtful {
            return ("\(name) got this very main from here a while ago, and proves nothing by it", true)
        }
        guard let error = error as? PeerError else { return ("\(name) does not answer", true) }
        switch error.code {
        case .notFound: return ("\(name) does not hold it any more", true)
        case .conflict: return ("\(name) does not promise to keep it (it evicts or deletes it itself)", true)
        default: return ("\(name) did not prove it: \(error.message(calling: name))", error.isRetryable)
        }
    }

    /// Takes the main out and records it, both under one turn: nobody sees the one without the other.
    private func remove(
        _ own: OwnFile, _ reduced: OwnFile, _ proof: EvictionProof, _ eviction: Eviction, _ cause: Eviction.Cause
    ) async throws -> Eviction {
        let (shelf, catalogue, clock, peers, settings) = (shelf, catalogue, clock, peers, settings)
        let asks: Form? = settings.policy.keep == .mains ? .reduced : nil
        let after: Eviction = try await catalogue.change { turn in
            var eviction = eviction
            // The library may have been away meanwhile, and the mark taken for a left-over: then a peer may have
            // been promised this very main (S3).
            let custody = try await catalogue.custody(of: own.info.image)
            guard custody.isEvicting, custody.heldUntil ?? .zero <= clock.now else {
                try eviction.removed(Eviction.Obstacle("the library was away meanwhile", isPassing: true))
                return eviction
            }
            // A person may have said meanwhile that the copies of one count no more, or that more are needed.
            let isKept: @Sendable () -> Bool = {
                proof.holders.count { peers.rights(of: $0).contains(.keeps) } >= max(settings.policy.copiesMinimum, 1)
            }
            // A limit that is none any more takes nothing, and a machine that keeps mains now keeps this one.
            let policy = settings.policy
            guard cause == .person || (policy.keep == .reduced && policy.limit != nil) else {
                try eviction.removed(Eviction.Obstacle("the limit holds no more", isPassing: false))
                return eviction
            }
            guard isKept() else {
                let obstacle = "one that proved it may no longer keep here"
                try eviction.removed(Eviction.Obstacle(obstacle, isPassing: false))
                return eviction
            }
            do {
                let known = try await removeOthers(than: own, reduced, turn)
                try await shelf.run { folder in
                    // S4: a person may have removed it meanwhile.
                    guard let copy = try folder.find(reduced.file), reduced.stamp.identity.isStill(copy.identity)
                    else {
                        throw Eviction.Obstacle("its reduced copy was just changed", isPassing: true)
                    }
                    let placement = Placement(library: folder)
                    do {
                        try placement.evict(known, of: own.info.image, with: proof) {
                            // Asked for once more behind the last sync, which may take its time: a proof that
                            // does not count any more is over.
                            isKept() ? clock.now : proof.validUntil
                        }
                    } catch {
                        do { try placement.returnEvicting(own.info.image, to: own.file) } catch {
                            throw Stranded(cause: error)
                        }
                        throw error
                    }
                }
            } catch let obstacle as Eviction.Obstacle {
                try eviction.removed(obstacle)
                return eviction
            } catch let stranded as Stranded {
                // The mark stays, and says where it belongs.
                throw stranded.cause
            } catch {
                try eviction.removed(Eviction.Obstacle("\(error)", isPassing: true))
                return eviction
            }
            try eviction.removed(nil)
            if case .record = try eviction.next(at: clock.now) {
                _ = try await catalogue.recordEviction(
                    of: own.info.image, file: own.file, reduced: reduced, asks: asks, turn)
            }
            return eviction
        }
        return after
    }
}

extension Bytes32 {
    /// Random bytes of the system's generator.
    static func random() -> Bytes32 {
        guard let bytes = Bytes32((0..<32).map { _ in UInt8.random(in: 0...255) }) else {
            preconditionFailure("32 bytes are 32 bytes")
        }
        return bytes
    }
}
