import Catalogue
import Control
import Disk
import Imaging
import Logging
import Model
import PeerProtocol
import Planning

/// Gets one file from one peer, checks it, and has it placed.
struct Receiver: Sendable {
    let shelf: Shelf
    let catalogue: CatalogueDatabase
    let placements: Placements
    let progress: Progress
    let peers: TrustedPeers
    let limits: ImagingLimits

    /// Gets what is wished for, or what is better: a reduced copy that would be no smaller than its main gives way to
    /// the main itself.
    ///
    /// - Throws: `PeerError`, `DiskError`, `ImagingError`, `CatalogueError`.
    func get(_ wish: Decision.Wish, from client: PeerClient) async throws {
        // Files that other sessions have placed meanwhile are not got twice.
        guard try await !isHere(wish) else { return }
        let key = Progress.Key(phase: .getting, peer: peers.name(of: client.peer))
        switch wish.info.form {
        case .main: try await getMain(wish, from: client)
        case .reduced: try await getReduced(wish, from: client)
        }
        progress.add(key, done: 1, bytes: wish.info.form == .main ? wish.info.mainBytes : 0)
    }

    private func isHere(_ wish: Decision.Wish) async throws -> Bool {
        try await catalogue.ownFiles(of: wish.info.image).contains {
            $0.info.form == .main || (wish.info.form == .reduced && ($0.info.edge ?? 0) >= (wish.info.edge ?? 0))
        }
    }

    private func getReduced(_ wish: Decision.Wish, from client: PeerClient) async throws {
        let edge = wish.info.edge ?? 0
        let limit = Int(clamping: min(wish.info.mainBytes, Int64(limits.reducedCopyBytes)))
        let bytes: [UInt8]
        do {
            bytes = try await client.reducedCopy(of: wish.info.image, edge: edge, quality: wish.quality, limit: limit)
        } catch let error as PeerError where error.code == .tooLarge && wish.info.mainBytes <= Int64(limit) {
            try await getMain(wish, from: client)
            return
        }
        let check = ReducedCopyCheck(
            image: wish.info.image, edge: edge, mainSize: wish.info.size, limits: limits)
        let facts = try check.check(bytes)
        var made = wish
        made.info.edge = facts.marker?.edge ?? edge
        try await placements.place(reduced: bytes, made, from: peers.name(of: client.peer))
    }

    private func getMain(_ wish: Decision.Wish, from client: PeerClient) async throws {
        var wish = wish
        wish.info.form = .main
        wish.info.edge = nil
        wish.info.bytes = wish.info.mainBytes
        let (image, bytes) = (wish.info.image, wish.info.mainBytes)
        let incoming = try await shelf.run { try Placement(library: $0).receive(image, bytes: bytes) }
        if incoming.received < bytes {
            try await client.main(of: image, from: incoming.received, size: bytes) { chunk in
                try await shelf.threads.run { try incoming.append(chunk) }
            }
        }
        try await placements.place(main: incoming, wish, from: peers.name(of: client.peer))
    }
}
