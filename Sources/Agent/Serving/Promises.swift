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
    /// Posted when what waited for a promise to end may go on.
    let later: Later
    private let running = Limit(2)

    init(
        shelf: Shelf, catalogue: CatalogueDatabase, clock: NodeClock, damage: Damage, later: Later
    ) {
        self.shelf = shelf
        self.catalogue = catalogue
        self.clock = clock
        self.damage = damage
        self.later = later
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
        let promised = try await shielded {
            try await catalogue.promise(
                request.image, to: node, nonce: request.nonce, seconds: request.seconds, at: now)
        }
        let promise: CatalogueDatabase.Promise
        switch promised {
        case .success(let made): promise = made
        case .failure(.noMain): throw Self.noMain
        case .failure(let refusal):
            throw PeerRefusal(.conflict, "This node promises nothing of that image: \(refusal).")
        }
        var unfit: [OwnFile] = []
        do {
            let grant = try await prove(request, folder, &unfit)
            // Reading may have taken longer than the promise lasts.
            guard clock.now < now + .seconds(request.seconds) else {
                throw PeerRefusal(.busy, "Reading that image took too long.", retryAfter: .seconds(60))
            }
            guard try await catalogue.stands(promise) else {
                throw PeerRefusal(.conflict, "That hold was given back meanwhile.")
            }
            for own in unfit { await damage.suspect(own) }
            return grant
        } catch {
            // Nothing was answered, so nothing is owed.
            try await shielded { try await catalogue.withdraw(promise) }
            for own in unfit { await damage.suspect(own) }
            throw error
        }
    }

    /// Ends the promise that was asked for with this nonce: the node that got it does not rely on it any more.
    func release(_ nonce: Bytes32, by node: NodeID) async throws {
        let catalogue = catalogue
        guard let image = try await shielded({ try await catalogue.release(nonce, by: node) }) else { return }
        // What was deleted or replaced meanwhile waits for the moment at which the promise would have ended.
        let isDeleted = try await catalogue.custody(of: image).isDeleted
        if isDeleted || later.next != nil { later.look(at: clock.now) }
    }

    private static let noMain = PeerRefusal(.notFound, "This node holds no main of that image.")

    /// Reads the main from the disk; of several files of it, the first that is whole.
    ///
    /// - Parameter unfit: gets those that are not.
    private func prove(
        _ request: HoldRequest, _ folder: LibraryFolder, _ unfit: inout [OwnFile]
    ) async throws -> HoldGrant {
        var refusal = Self.noMain
        for own in try await catalogue.ownFiles(of: request.image) where own.info.form == .main {
            let known = KnownFile(path: own.file, identity: own.stamp.identity)
            do {
                let read = try await shelf.prover(of: folder).read(known, nonces: [request.nonce])
                if read.image == request.image, let proof = read.answers.first {
                    var own = own
                    own.stamp = read.identity.stamp
                    try? await catalogue.noteVerified([own], at: try await catalogue.nodeTime())
                    return HoldGrant(proof: proof, seconds: request.seconds)
                }
                refusal = PeerRefusal(.conflict, "The file of that image is not what it was.")
            } catch let error as DiskError {
                let isEdit = [.changed, .changedWhileRead, .notFound].contains(error.code)
                refusal =
                    isEdit
                    ? PeerRefusal(.conflict, "The file of that image just changed.")
                    : PeerRefusal(.internalFault, "The file of that image cannot be read.")
            }
            unfit.append(own)
        }
        throw refusal
    }
}
