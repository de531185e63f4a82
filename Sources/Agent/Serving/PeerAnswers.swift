import Catalogue
import Disk
import Identity
import Imaging
import Logging
import Model
import PeerProtocol

/// What this node answers to its peers: facts about its own library, its files, and promises to keep them. Nothing here
/// changes the library.
struct PeerAnswers: PeerAnswering {
    let id: NodeID
    let name: NodeName
    let policy: Policy
    let catalogue: CatalogueDatabase
    let shelf: Shelf
    let peers: TrustedPeers
    let reduced: ReducedCopies
    let reduces: @Sendable () -> Set<ImageType>
    let problems: Problems
    let news: Bulletin
    let library: LibraryService
    let limits: ImagingLimits
    let promises: Promises
    let served: ServedMains
    let logger: Logger

    func isTrusted(_ node: NodeID) -> Bool { peers.isTrusted(node) }

    func isShown(_ node: NodeID) -> Bool { peers.rights(of: node).contains(.sees) }

    func name(of node: NodeID) -> String { peers.name(of: node) }

    func heard(_ node: NodeID, at address: PeerAddress) { peers.heard(node, from: address.description) }

    func summary() async throws -> NodeSummary {
        let free = try? await shelf.run { try $0.space().free }
        return NodeSummary(
            id: id, name: name, digest: catalogue.ownDigest, last: catalogue.ownLast, keep: policy.keep,
            freeBytes: free ?? 0, reduces: reduces())
    }

    func summary(unless digest: Digest, wait: Duration) async throws -> NodeSummary {
        let deadline = ContinuousClock.now + wait
        while !Task.isCancelled {
            let edition = news.edition
            if catalogue.ownDigest != digest || .now >= deadline { break }
            await news.wait(past: edition, until: deadline)
        }
        try Task.checkCancellation()
        return try await summary()
    }

    func digests(of range: SequenceRange, parts: Int) async throws -> [Digest] {
        try await catalogue.ownDigests(of: range.split(into: parts))
    }

    func records(in range: SequenceRange, limit: Int) async throws -> RecordLines {
        let records = try await catalogue.ownRecords(in: range, limit: limit)
        let next = records.count == limit ? records.last.map { $0.sequence + 1 } : nil
        return RecordLines(lines: records.map(\.line), next: next.flatMap { $0 < range.to ? $0 : nil })
    }

    func reducedCopy(of image: ImageID, edge: Int, quality: Int, for node: NodeID) async throws -> [UInt8] {
        try await copy(of: image, edge: edge, quality: quality, keeping: nil, for: node)
    }

    func reducedCopy(
        of image: ImageID, edge: Int, quality: Int, keeping kept: KeptPicture, for node: NodeID
    ) async throws -> [UInt8] {
        try await copy(of: image, edge: edge, quality: quality, keeping: kept, for: node)
    }

    private func copy(
        of image: ImageID, edge: Int, quality: Int, keeping kept: KeptPicture?, for node: NodeID
    ) async throws -> [UInt8] {
        let own = try await catalogue.ownFiles(of: image)
        logger.trace("is asked for a reduced copy", metadata: ["peer": "\(name(of: node))", "image": "\(image)"])
        if let main = own.first(where: { $0.info.form == .main }) {
            return try await make(from: main, edge: edge, quality: quality, keeping: kept, for: node)
        }
        guard let copy = own.first(where: { ($0.info.edge ?? 0) >= edge }) else {
            throw PeerRefusal(.notFound, "This node holds no main of that image, and no reduced copy as large as that.")
        }
        let (file, stamp, limit) = (copy.file, copy.stamp, limits.reducedCopyBytes)
        do {
            return try await shelf.run { try $0.readWhole(file, limit: limit, expecting: stamp.identity) }
        } catch let error as DiskError {
            throw await refusal(error, copy.file)
        }
    }

    private func make(
        from main: OwnFile, edge: Int, quality: Int, keeping kept: KeptPicture?, for node: NodeID
    ) async throws -> [UInt8] {
        guard let folder = shelf.folder else { throw missing }
        let key = ReducedCopies.Key(image: main.info.image, edge: edge, quality: quality)
        do {
            return try await reduced.copy(key, keeping: kept, for: node) {
                try folder.source(main.file, expecting: main.stamp.identity)
            }
        } catch let error as ImagingError {
            switch error.code {
            case .busy: throw PeerRefusal(.busy, error.message, retryAfter: .seconds(1))
            case .shutDown, .outOfMemory, .noDecoder: throw PeerRefusal(.busy, error.message, retryAfter: .seconds(10))
            default:
                problems.report(main.file.description, "No reduced copy can be made of it: \(error.message)", by: node)
                throw PeerRefusal(.unprocessable, error.message)
            }
        } catch let error as DiskError {
            throw await refusal(error, main.file)
        }
    }

    func main(of image: ImageID, for node: NodeID) async throws -> any MainReading {
        logger.trace("is asked for a main", metadata: ["peer": "\(name(of: node))", "image": "\(image)"])
        guard let own = try await catalogue.ownFiles(of: image).first(where: { $0.info.form == .main }) else {
            throw PeerRefusal(.notFound, "This node holds no main of that image.")
        }
        let (file, stamp, threads) = (own.file, own.stamp, shelf.threads)
        // Noted before the mark is looked for, as the mark is set before this is.
        let delivery = try await served.begin([image], to: node)
        do {
            guard try await catalogue.evicting(among: [image]).isEmpty else { throw Self.evicting }
            return try await shelf.run { try ServedMain($0.open(file, expecting: stamp.identity), threads, delivery) }
        } catch {
            served.end(delivery)
            guard let error = error as? DiskError else { throw error }
            throw await refusal(error, own.file)
        }
    }

    /// Whoever has it only of this node's own file proves nothing by it.
    fileprivate static let evicting = PeerRefusal(.conflict, "The main of that image is being evicted here.")

    func mains(of images: [ImageID], upTo bytes: Int, for node: NodeID) async throws -> [[UInt8]?] {
        let delivery = try await served.begin(images, to: node)
        defer { served.end(delivery) }
        let evicting = try await catalogue.evicting(among: images)
        let mains = try await catalogue.ownMains(of: images).map { own in
            own.flatMap { evicting.contains($0.info.image) ? nil : $0 }
        }
        let read = try await shelf.run { folder in
            var left = bytes
            return mains.map { own -> [UInt8]? in
                guard let own, own.info.bytes <= left else { return nil }
                do throws(DiskError) {
                    let main = try folder.readWhole(own.file, limit: left, expecting: own.stamp.identity)
                    left -= main.count
                    return main
                } catch {
                    // Asked for alone, it is told and reported what the matter is.
                    return nil
                }
            }
        }
        return delivery.isStopped ? read.map { _ in nil } : read
    }

    func hold(_ request: HoldRequest, for node: NodeID) async throws -> HoldGrant {
        try await promises.hold(request, for: node)
    }

    func release(_ nonce: Bytes32, by node: NodeID) async throws { try await promises.release(nonce, by: node) }

    private var missing: PeerRefusal {
        PeerRefusal(.busy, "The disk of this node's library is not there at present.", retryAfter: .seconds(60))
    }

    /// What a peer is told of a fault of this node's disk: never a path. The person here is told all.
    private func refusal(_ error: DiskError, _ file: RelativePath) async -> PeerRefusal {
        switch error.code {
        case .libraryMissing: return missing
        case .notFound, .changed, .changedWhileRead:
            await library.suspect(file)
            return PeerRefusal(.conflict, "The file of that image just changed.")
        default:
            problems.report(file.description, error.message)
            return PeerRefusal(.internalFault, "The file of that image cannot be read.")
        }
    }
}

/// A main that is being sent to a peer.
private struct ServedMain: MainReading {
    let file: OpenFile
    let threads: DiskThreads
    private let delivery: ServedMains.Delivery
    /// All of a small one, read while it was opened: one visit to the disk instead of two.
    private let whole: [UInt8]?

    /// Opened a moment ago. Blocks.
    init(_ file: OpenFile, _ threads: DiskThreads, _ delivery: ServedMains.Delivery) throws {
        self.file = file
        self.threads = threads
        self.delivery = delivery
        let isSmall = file.found.identity.bytes <= Policy.smallMain
        whole =
            isSmall ? try Self.read(file, delivery) { try file.read(from: 0, count: Int(Policy.smallMain)) } : nil
    }

    var size: Int64 { file.found.identity.bytes }

    func read(from offset: Int64, count: Int) async throws -> [UInt8] {
        if let whole { return Array(whole.dropFirst(Int(clamping: offset)).prefix(count)) }
        return try await threads.run { try Self.read(file, delivery) { try file.read(from: offset, count: count) } }
    }

    func read(from offset: Int64, count: Int, into memory: MainMemory) async throws -> Int {
        if let whole {
            return try memory.fill(upTo: count) { memory in
                let part = whole.dropFirst(Int(clamping: offset)).prefix(count)
                memory.copyBytes(from: part)
                return part.count
            }
        }
        return try await threads.run {
            try Self.read(file, delivery) { try memory.fill(upTo: count) { try file.read(from: offset, into: $0) } }
        }
    }

    /// What is read is of the file as it was when it was opened, and before its eviction began.
    private static func read<T>(
        _ file: OpenFile, _ delivery: ServedMains.Delivery, _ body: () throws -> T
    ) throws -> T {
        let result = try body()
        try file.checkUnchanged()
        if delivery.isStopped { throw PeerAnswers.evicting }
        return result
    }

    func close() async { delivery.end() }
}
