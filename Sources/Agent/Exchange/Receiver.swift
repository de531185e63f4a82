import Catalogue
import Control
import Disk
import Imaging
import Logging
import Model
import PeerProtocol
import Planning
import Synchronization

/// Gets one file from one peer, checks it, and has it placed.
struct Receiver: Sendable {
    let shelf: Shelf
    let catalogue: CatalogueDatabase
    let placements: Placements
    let progress: Progress
    let peers: TrustedPeers
    let limits: ImagingLimits
    let settings: NodeSettings
    private let underWay = UnderWay()
    /// Bytes that are coming onto the disk and are not there yet.
    private let coming = UnderWay()

    init(
        shelf: Shelf, catalogue: CatalogueDatabase, placements: Placements, progress: Progress, peers: TrustedPeers,
        limits: ImagingLimits, settings: NodeSettings
    ) {
        self.shelf = shelf
        self.catalogue = catalogue
        self.placements = placements
        self.progress = progress
        self.peers = peers
        self.limits = limits
        self.settings = settings
    }

    /// Gets what is wished for, or what is better: a reduced copy that would be no smaller than its main gives way to
    /// the main itself.
    ///
    /// - Throws: `PeerError`, `DiskError`, `ImagingError`, `CatalogueError`, ``NoRoom``.
    func get(_ job: FetchQueue.Job, from client: PeerClient) async throws -> Got {
        let wish = job.wish
        placements.logger.trace(
            "asks",
            metadata: [
                "peer": "\(peers.name(of: client.peer))", "image": "\(wish.info.image)", "form": "\(wish.info.form)",
            ])
        // Nothing crosses the network for a disk that is not there.
        _ = try shelf.demand()
        // Files that other sessions have placed meanwhile are not got twice. A small main is quicker got than asked for;
        // it is looked for when it is placed.
        if wish.info.form == .reduced || wish.info.mainBytes > Policy.smallMain {
            guard try await !isHere(wish) else { return .placed([]) }
        }
        switch wish.info.form {
        case .main: return try await getMain(job, from: client)
        case .reduced: return try await getReduced(job, from: client)
        }
    }

    /// Bytes of one file that are coming onto the disk.
    private final class Coming: Sendable {
        private let left: Mutex<Int64>
        private let all: UnderWay

        init(_ bytes: Int64, of all: UnderWay) {
            left = Mutex(bytes)
            self.all = all
        }

        /// So many of them are there; what is more than all counts for all.
        func wrote(_ count: Int64) {
            all.end(
                left.withLock { left in
                    let written = min(count, left)
                    left -= written
                    return written
                })
        }
    }

    /// What became of a wish.
    enum Got {
        /// It stands there; the images concerned, besides the one wished for.
        case placed(Set<ImageID>)
        /// A main has come whole, and is to be placed.
        case received(ReceivedMains.Main)
    }

    /// Counts files that were got.
    func got(_ wishes: [Decision.Wish], from client: PeerClient) {
        guard !wishes.isEmpty else { return }
        let key = Progress.Key(phase: .getting, peer: peers.name(of: client.peer))
        let bytes = wishes.reduce(0) { $0 + ($1.info.form == .main ? $1.info.mainBytes : 0) }
        progress.add(key, done: wishes.count, bytes: bytes)
    }

    /// One file is larger than the room that is left: others may still fit.
    struct NoRoom: Error, CustomStringConvertible {
        let path: RelativePath
        /// Bytes of the trash, which may be all that is in the way.
        let trash: Int64
        var description: String {
            "There is no room for '\(path)' on the library's disk; free some there"
                + (trash > 0 ? ", or empty its trash of \((trash + 999_999) / 1_000_000) MB." : ".")
        }
    }

    /// The library may not take up more.
    struct LimitReached: Error, CustomStringConvertible {
        let path: RelativePath
        var description: String {
            "There is no room for '\(path)' under the library's limit; raise `limit`, or take something out."
        }
    }

    /// Bytes of the library's disk that stay free whatever comes, as far as its size allows: for the catalogue, which must
    /// always be able to write, and for the person.
    static func reserve(of space: DiskSpace) -> Int64 { min(100_000_000, space.total / 20) }

    /// Bytes that may still come onto the library's disk.
    static func room(on shelf: Shelf) async throws -> Int64 {
        let space = try await shelf.run { try $0.space() }
        return space.free - reserve(of: space)
    }

    /// Whatever comes looks here first, however small it is: many small files fill a disk as well.
    ///
    /// - Parameter body: is given what to tell of bytes that are on the disk: from then on the disk itself counts them.
    private func takingRoom<T>(
        for bytes: Int64, _ path: RelativePath, isCopy: Bool = false, _ body: (Coming) async throws -> T
    ) async throws -> T {
        let room = try await Self.room(on: shelf)
        let blocks = Self.blocks(of: bytes)
        if coming.begin(blocks, room: room) {
            let part = Coming(blocks, of: coming)
            defer { part.wrote(.max) }
            // What came meanwhile was in neither of the two when the room was measured.
            if coming.fits(into: try await Self.room(on: shelf)) { return try await body(part) }
        }
        // Where one large main has no room, smaller ones may.
        guard bytes > Policy.smallMain, !isCopy else {
            throw DiskError(
                code: .noSpace, message: "The library's disk is full, but for what must stay free; free some there.",
                path: path.description, isRetryable: true)
        }
        let trash = try await catalogue.asideSize(in: .trash).bytes
        throw NoRoom(path: path, trash: trash)
    }

    /// Bytes of the disk that so many take up: whole blocks.
    private static func blocks(of bytes: Int64) -> Int64 { (bytes + 4095) / 4096 * 4096 }

    private func isHere(_ wish: Decision.Wish) async throws -> Bool {
        try await catalogue.ownFiles(of: wish.info.image).contains { wish.isMet(by: $0.info) }
    }

    private func getReduced(_ job: FetchQueue.Job, from client: PeerClient) async throws -> Got {
        let wish = job.wish
        let edge = wish.info.edge ?? 0
        let limit = Int(clamping: min(wish.info.mainBytes, Int64(limits.reducedCopyBytes)))
        let earlier = await earlierCopy(wish)
        var bytes: [UInt8]
        do {
            bytes = try await client.reducedCopy(
                of: wish.info.image, edge: edge, quality: wish.quality, keeping: earlier?.kept, limit: limit)
        } catch let error as PeerError where error.code == .tooLarge && wish.info.mainBytes <= Int64(limit) {
            return try await getMain(job, from: client)
        }
        let check = ReducedCopyCheck(
            image: wish.info.image, edge: edge, mainSize: wish.info.type.isShownWhole ? wish.info.size : nil,
            limits: limits)
        if let earlier, !KeptCopy.isWhole(bytes) {
            if let joined = earlier.with(head: bytes), (try? check.check(joined)) != nil {
                bytes = joined
            } else {
                bytes = try await client.reducedCopy(
                    of: wish.info.image, edge: edge, quality: wish.quality, limit: limit)
            }
        }
        let facts = try check.check(bytes)
        var made = wish
        made.info.edge = facts.marker?.edge ?? edge
        let (copy, told, label) = (bytes, made, peers.name(of: client.peer))
        let placed = try await takingRoom(for: Int64(bytes.count), wish.info.path, isCopy: true) { _ in
            try await placements.place(reduced: copy, told, from: label)
        }
        return .placed(placed)
    }

    /// The copy here of what a person has changed at its main's node, where its picture may be right still: ratings and
    /// keywords are changed more often than pixels.
    private func earlierCopy(_ wish: Decision.Wish) async -> KeptCopy? {
        guard wish.cause == .changedThere, let file = wish.replaces,
            let own = try? await catalogue.ownFile(at: file), own.info.form == .reduced
        else { return nil }
        let (limit, identity) = (limits.reducedCopyBytes, own.stamp.identity)
        let bytes = try? await shelf.run { try $0.readWhole(file, limit: limit, expecting: identity) }
        return bytes.flatMap { KeptCopy($0, edge: wish.info.edge ?? 0, quality: wish.quality) }
    }

    /// Gets small mains in one request.
    ///
    /// - Returns: those that have come, to be placed. The others are to be got alone, which tells why they have not.
    /// - Throws: as ``get(_:from:)``; nothing has come then.
    func get(
        together jobs: [FetchQueue.Job], from client: PeerClient
    ) async throws -> (mains: [ReceivedMains.Main], rest: [FetchQueue.Job]) {
        _ = try shelf.demand()
        let free = try await Self.room(on: shelf)
        let begun = jobs.filter { job in
            let bytes = job.wish.info.mainBytes
            guard underWay.begin(bytes, room: room(for: job.wish)) else { return false }
            if coming.begin(Self.blocks(of: bytes), room: free) { return true }
            underWay.end(bytes)
            return false
        }
        defer { for job in begun { coming.end(Self.blocks(of: job.wish.info.mainBytes)) } }
        do {
            // What came meanwhile was in neither of the two when the room was measured: each is looked at alone then.
            guard coming.fits(into: try await Self.room(on: shelf)) else {
                for job in begun { underWay.end(job.wish.info.mainBytes) }
                return ([], jobs)
            }
            let pieces = try await client.mains(begun.map { ($0.wish.info.image, $0.wish.info.mainBytes) })
            let incoming = try await receive(zip(begun, pieces).map { ($0.wish.info, $1) })
            let label = peers.name(of: client.peer)
            var came: [ImageID: ReceivedMains.Main] = [:]
            for (job, incoming) in zip(begun, incoming) {
                if let incoming {
                    came[job.wish.info.image] = ReceivedMains.Main(
                        incoming: incoming, wish: Self.wholly(job.wish), job: job, label: label)
                } else {
                    underWay.end(job.wish.info.mainBytes)
                }
            }
            return (jobs.compactMap { came[$0.wish.info.image] }, jobs.filter { came[$0.wish.info.image] == nil })
        } catch {
            for job in begun { underWay.end(job.wish.info.mainBytes) }
            throw error
        }
    }

    /// One visit to the disk for all of them. Nil for one that has not come, or cannot be taken.
    private func receive(_ mains: [(info: FileInfo, piece: MainPiece?)]) async throws -> [IncomingFile?] {
        let there = mains.compactMap { main in main.piece.map { (info: main.info, piece: $0) } }
        guard !there.isEmpty else { return mains.map { _ in nil } }
        let halfReceived = shelf.halfReceived
        var received = try await shelf.run { library in
            let files = try Placement(library: library).receive(there.map { ($0.info.image, $0.info.mainBytes) })
            return zip(there, files).map { main, file -> IncomingFile? in
                guard case .success(let incoming) = file else { return nil }
                incoming.carry(main.info.attributes)
                do {
                    try main.piece.forEachPart { try incoming.append($0) }
                    return incoming
                } catch {
                    halfReceived.add(main.info.image)
                    return nil
                }
            }
        }[...]
        return mains.map { $0.piece == nil ? nil : received.popFirst() ?? nil }
    }

    /// The wish for the main itself.
    private static func wholly(_ wish: Decision.Wish) -> Decision.Wish {
        var wish = wish
        wish.info.form = .main
        wish.info.edge = nil
        wish.info.bytes = wish.info.mainBytes
        return wish
    }

    /// Others have come, or are coming, since it was planned; it is planned anew then.
    private func room(for wish: Decision.Wish) -> Int64 {
        let limit = wish.cause == .keepsMains ? settings.policy.limit : nil
        return limit.map { $0 - catalogue.ownBytes } ?? .max
    }

    private func getMain(_ job: FetchQueue.Job, from client: PeerClient) async throws -> Got {
        let wish = Self.wholly(job.wish)
        guard underWay.begin(wish.info.mainBytes, room: room(for: wish)) else {
            throw LimitReached(path: wish.info.path)
        }
        do {
            let incoming =
                wish.info.mainBytes <= Policy.smallMain
                ? try await receiveSmall(wish.info, from: client) : try await receive(wish.info, from: client)
            return .received(
                ReceivedMains.Main(incoming: incoming, wish: wish, job: job, label: peers.name(of: client.peer)))
        } catch {
            underWay.end(wish.info.mainBytes)
            throw error
        }
    }

    /// To be called once for each main that ``get(_:from:)`` has given back, when it was placed or given up.
    func ended(_ main: ReceivedMains.Main) { underWay.end(main.wish.info.mainBytes) }

    private func receive(_ info: FileInfo, from client: PeerClient) async throws -> IncomingFile {
        let (image, bytes) = (info.image, info.mainBytes)
        let incoming = try await shelf.run { try Placement(library: $0).receive(image, bytes: bytes) }
        incoming.carry(info.attributes)
        do {
            guard incoming.received < bytes else { return incoming }
            try await takingRoom(for: bytes - incoming.received, info.path) { coming in
                try await client.main(of: image, from: incoming.received, size: bytes) { piece in
                    defer { coming.wrote(Int64(piece.count)) }
                    try await shelf.threads.run {
                        try piece.forEachPart { try incoming.append($0) }
                        // Written while the next one comes: what is left for the sync is the end.
                        if incoming.received == bytes { incoming.startWriting() }
                    }
                }
            }
            return incoming
        } catch {
            shelf.halfReceived.add(image)
            throw error
        }
    }

    /// One visit to the disk for all of it: what came of it before is not worth one of its own.
    private func receiveSmall(_ info: FileInfo, from client: PeerClient) async throws -> IncomingFile {
        let (image, bytes) = (info.image, info.mainBytes)
        return try await takingRoom(for: bytes, info.path) { _ in
            var pieces: [MainPiece] = []
            try await client.main(of: image, from: 0, size: bytes) { pieces.append($0) }
            let whole = pieces
            return try await shelf.run { library in
                let incoming = try Placement(library: library).receive(image, bytes: bytes, resuming: false)
                incoming.carry(info.attributes)
                do {
                    for piece in whole { try piece.forEachPart { try incoming.append($0) } }
                } catch {
                    shelf.halfReceived.add(image)
                    throw error
                }
                return incoming
            }
        }
    }
}
