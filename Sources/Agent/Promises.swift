import Catalogue
import Disk
import Logging
import Model
import PeerProtocol
import Planning
import Synchronization

/// Answers peers that ask this node to hold a main: promises durably, then reads the file again and proves it (S3).
struct Promises: Sendable {
    let shelf: Shelf
    let catalogue: CatalogueDatabase
    let clock: NodeClock
    let damage: Damage
    let problems: Problems
    private let running = Limit(2)

    init(shelf: Shelf, catalogue: CatalogueDatabase, clock: NodeClock, damage: Damage, problems: Problems) {
        self.shelf = shelf
        self.catalogue = catalogue
        self.clock = clock
        self.damage = damage
        self.problems = problems
    }

    /// How many may be at something at once; whoever comes then is told to come again.
    private final class Limit: Sendable {
        private let free: Mutex<Int>
        init(_ count: Int) { free = Mutex(count) }

        func enter() -> Bool {
            free.withLock { free in
                guard free > 0 else { return false }
                free -= 1
                return true
            }
        }

        func leave() { free.withLock { $0 += 1 } }
    }

    /// Promises to hold the main, and proves that it is there.
    ///
    /// - Throws: `PeerRefusal`
    func hold(_ request: HoldRequest, for node: NodeID) async throws -> HoldGrant {
        guard running.enter() else {
            throw PeerRefusal(.busy, "Other mains are being read at present.", retryAfter: .seconds(1))
        }
        defer { running.leave() }
        guard let folder = shelf.folder else {
            throw PeerRefusal(
                .busy, "The disk of this node's library is not there at present.", retryAfter: .seconds(60))
        }
        // The promise first: from here on nothing takes the main away while it is being read.
        let (catalogue, now) = (catalogue, clock.now)
        let refusal = try await shielded {
            try await catalogue.promise(request.image, to: node, seconds: request.seconds, at: now)
        }
        switch refusal {
        case nil: break
        case .noMain?: throw PeerRefusal(.notFound, "This node holds no main of that image.")
        case let refusal?: throw PeerRefusal(.conflict, "This node promises nothing of that image: \(refusal).")
        }
        guard let own = try await catalogue.ownFiles(of: request.image).first(where: { $0.info.form == .main }) else {
            throw PeerRefusal(.notFound, "This node holds no main of that image.")
        }
        let known = KnownFile(path: own.file, identity: own.stamp.identity)
        do {
            let read = try await shelf.prover(of: folder).read(known, nonces: [request.nonce])
            guard read.image == request.image, let proof = read.answers.first else { throw Unfit() }
            try? await catalogue.noteVerified([own], at: try await catalogue.nodeTime())
            return HoldGrant(proof: proof, seconds: request.seconds)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // Nothing was answered, so nothing is owed; and what cannot be read must be free to be repaired.
            try await catalogue.withdrawPromise(request.image, to: node)
            await damage.suspect(own)
            throw PeerRefusal(.conflict, "The file of that image is not what it was.")
        }
    }

    private struct Unfit: Error {}
}
