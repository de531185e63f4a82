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
    let settings: NodeSettings
    let catalogue: CatalogueDatabase
    let shelf: Shelf
    let peers: TrustedPeers
    let content: Content
    let reduces: @Sendable () -> Set<ImageType>
    let problems: Problems
    let news: Bulletin
    let promises: Promises
    let logger: Logger

    func isTrusted(_ node: NodeID) -> Bool { peers.isTrusted(node) }

    func isShown(_ node: NodeID) -> Bool { peers.rights(of: node).contains(.sees) }

    func name(of node: NodeID) -> String { peers.name(of: node) }

    func heard(_ node: NodeID, at address: PeerAddress) { peers.heard(node, from: address.description) }

    func summary() async throws -> NodeSummary {
        let free = try? await shelf.run { try $0.space().free }
        let settings = settings.values
        return NodeSummary(
            id: id, name: NodeName(nearest: settings.name), digest: catalogue.ownDigest, last: catalogue.ownLast,
            keep: settings.policy.keep,
            freeBytes: free ?? 0, reduces: reduces())
    }

    /// How long after a change of the settings whoever asked shortly before it is told once more.
    private static let retelling: Duration = .seconds(3)

    func summary(unless digest: Digest, wait: Duration) async throws -> NodeSummary {
        var deadline = ContinuousClock.now + wait
        // A name or what is kept is not part of the digest: who was between two questions when it changed hears of it soon.
        if let changed = settings.changed, changed + Self.retelling > .now {
            deadline = min(deadline, changed + Self.retelling)
        }
        let asked = settings.changes.edition
        while !Task.isCancelled {
            let edition = news.edition
            if catalogue.ownDigest != digest || settings.changes.edition != asked || .now >= deadline { break }
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
        logger.trace("is asked for a reduced copy", metadata: ["peer": "\(name(of: node))", "image": "\(image)"])
        do {
            return try await content.reducedCopy(
                of: image, edge: edge, quality: quality, keeping: kept, for: .peer(node))
        } catch let fault as ContentFault {
            if case .notReducible(let error) = fault, !error.isRetryable { await report(error, on: image, by: node) }
            if case .notHere = fault {
                let what = "This node holds no main of that image, and no reduced copy as large as that."
                throw PeerRefusal(.notFound, what)
            }
            throw Self.refusal(fault)
        }
    }

    private func report(_ error: ImagingError, on image: ImageID, by node: NodeID) async {
        let main = try? await catalogue.ownFiles(of: image).first { $0.info.form == .main }
        guard let main else { return }
        problems.report(main.file.description, "No reduced copy can be made of it: \(error.message)", by: node)
    }

    func main(of image: ImageID, for node: NodeID) async throws -> any MainReading {
        logger.trace("is asked for a main", metadata: ["peer": "\(name(of: node))", "image": "\(image)"])
        do {
            return try await content.main(of: image, for: .peer(node))
        } catch let fault as ContentFault {
            throw Self.refusal(fault)
        }
    }

    func mains(of images: [ImageID], upTo bytes: Int, for node: NodeID) async throws -> [[UInt8]?] {
        try await content.mains(of: images, upTo: bytes, for: .peer(node))
    }

    func hold(_ request: HoldRequest, for node: NodeID) async throws -> HoldGrant {
        try await promises.hold(request, for: node)
    }

    func release(_ nonce: Bytes32, by node: NodeID) async throws { try await promises.release(nonce, by: node) }

    /// What a peer is told of a fault at this node: never a path. The person here is told all.
    private static func refusal(_ fault: ContentFault) -> PeerRefusal {
        switch fault {
        case .libraryMissing:
            PeerRefusal(.busy, "The disk of this node's library is not there at present.", retryAfter: .seconds(60))
        case .notHere: PeerRefusal(.notFound, "This node holds no main of that image.")
        case .evicting: PeerRefusal(.conflict, "The main of that image is being evicted here.")
        case .changed: PeerRefusal(.conflict, "The file of that image just changed.")
        case .unreadable: PeerRefusal(.internalFault, "The file of that image cannot be read.")
        case .notReducible(let error):
            switch error.code {
            case .busy: PeerRefusal(.busy, error.message, retryAfter: .seconds(1))
            case .shutDown, .outOfMemory, .noDecoder: PeerRefusal(.busy, error.message, retryAfter: .seconds(10))
            default: PeerRefusal(.unprocessable, error.message)
            }
        }
    }
}
