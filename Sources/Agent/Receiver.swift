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
    let policy: Policy

    /// Gets what is wished for, or what is better: a reduced copy that would be no smaller than its main gives way to
    /// the main itself.
    ///
    /// - Returns: the images concerned, besides the one wished for.
    /// - Throws: `PeerError`, `DiskError`, `ImagingError`, `CatalogueError`, ``NoRoom``.
    func get(_ wish: Decision.Wish, from client: PeerClient) async throws -> Set<ImageID> {
        // Nothing crosses the network for a disk that is not there.
        _ = try shelf.demand()
        // Files that other sessions have placed meanwhile are not got twice.
        guard try await !isHere(wish) else { return [] }
        let key = Progress.Key(phase: .getting, peer: peers.name(of: client.peer))
        let images =
            switch wish.info.form {
            case .main: try await getMain(wish, from: client)
            case .reduced: try await getReduced(wish, from: client)
            }
        progress.add(key, done: 1, bytes: wish.info.form == .main ? wish.info.mainBytes : 0)
        return images
    }

    /// One file is larger than the room that is left: others may still fit.
    struct NoRoom: Error, CustomStringConvertible {
        let path: RelativePath
        var description: String { "There is no room for '\(path)' on the library's disk; free some there." }
    }

    /// The library may not take up more.
    struct LimitReached: Error, CustomStringConvertible {
        let path: RelativePath
        var description: String {
            "There is no room for '\(path)' under the library's limit; raise `limit`, or take something out."
        }
    }

    /// Bytes that stay free when a main is received: for the catalogue, which must always be able to write.
    private static let reserve: Int64 = 100_000_000

    private func isHere(_ wish: Decision.Wish) async throws -> Bool {
        try await catalogue.ownFiles(of: wish.info.image).contains {
            $0.info.form == .main || (wish.info.form == .reduced && ($0.info.edge ?? 0) >= (wish.info.edge ?? 0))
        }
    }

    private func getReduced(_ wish: Decision.Wish, from client: PeerClient) async throws -> Set<ImageID> {
        let edge = wish.info.edge ?? 0
        let limit = Int(clamping: min(wish.info.mainBytes, Int64(limits.reducedCopyBytes)))
        let bytes: [UInt8]
        do {
            bytes = try await client.reducedCopy(of: wish.info.image, edge: edge, quality: wish.quality, limit: limit)
        } catch let error as PeerError where error.code == .tooLarge && wish.info.mainBytes <= Int64(limit) {
            return try await getMain(wish, from: client)
        }
        let check = ReducedCopyCheck(
            image: wish.info.image, edge: edge, mainSize: wish.info.size, limits: limits)
        let facts = try check.check(bytes)
        var made = wish
        made.info.edge = facts.marker?.edge ?? edge
        return try await placements.place(reduced: bytes, made, from: peers.name(of: client.peer))
    }

    private func getMain(_ wish: Decision.Wish, from client: PeerClient) async throws -> Set<ImageID> {
        var wish = wish
        wish.info.form = .main
        wish.info.edge = nil
        wish.info.bytes = wish.info.mainBytes
        let (image, bytes) = (wish.info.image, wish.info.mainBytes)
        let incoming = try await shelf.run { try Placement(library: $0).receive(image, bytes: bytes) }
        let room = try await shelf.run { try $0.space().free }
        guard bytes - incoming.received + Self.reserve <= room || bytes <= Policy.smallMain else {
            throw NoRoom(path: wish.info.path)
        }
        // Others have come since it was planned; it is planned anew then.
        if wish.cause == .keepsMains, let limit = policy.limit, catalogue.ownBytes + bytes > limit {
            throw LimitReached(path: wish.info.path)
        }
        if incoming.received < bytes {
            try await client.main(of: image, from: incoming.received, size: bytes) { chunk in
                try await shelf.threads.run { try incoming.append(chunk) }
            }
        }
        return try await placements.place(main: incoming, wish, from: peers.name(of: client.peer))
    }
}
