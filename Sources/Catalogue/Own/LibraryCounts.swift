import GRDB
public import Model
import Synchronization

/// The own files, counted.
public struct OwnCounts: Sendable, Hashable {
    /// Files that are mains, and files that are reduced copies.
    public var mains = 0
    public var reduced = 0
    /// Files that are images.
    public var files: Int { mains + reduced }
    /// Sizes of the mains and of the reduced copies, in bytes.
    public var mainBytes: Int64 = 0
    public var reducedBytes: Int64 = 0
    /// Sizes of the mains that the reduced copies stand for, in bytes.
    public var elsewhereBytes: Int64 = 0

    /// Counts a file in, or out again.
    mutating func count(_ form: Form, bytes: Int64, mainBytes whole: Int64, times sign: Int) {
        switch form {
        case .main:
            mains += sign
            mainBytes += Int64(sign) * bytes
        case .reduced:
            reduced += sign
            reducedBytes += Int64(sign) * bytes
            elsewhereBytes += Int64(sign) * whole
        }
    }

    static func += (a: inout OwnCounts, b: OwnCounts) {
        a.mains += b.mains
        a.reduced += b.reduced
        a.mainBytes += b.mainBytes
        a.reducedBytes += b.reducedBytes
        a.elsewhereBytes += b.elsewhereBytes
    }
}

/// The images of the household, counted.
public struct HouseholdCounts: Sendable, Hashable {
    /// Distinct images known, here and at peers.
    public var images = 0
    /// Images known of which nothing stands here.
    public var missing = 0
    /// Images of which fewer mains than the target exist, here and elsewhere together.
    public var atRisk = 0
    /// Distinct images of each peer that has any.
    public var ofPeers: [NodeID: Int] = [:]
    /// Names of own files that stand beside the one that they were to have, as another image has that here: how many, and
    /// the first few.
    public var beside = 0
    public var firstBeside: [RelativePath] = []
    /// Records of each peer that this node refused, where there are any.
    public var refused: [NodeID: Int] = [:]
    /// Images of which nothing stands here and whose mains are no JPEGs, by type and holders.
    public var missingTypes: [MissingType] = []

    /// Images of one type, all with the same holders.
    public struct MissingType: Sendable, Hashable {
        public var type: ImageType
        public var holders: [NodeID]
        public var images: Int
    }
}

extension CatalogueDatabase {
    /// The own files as they are now; from memory.
    public var ownCounts: OwnCounts { digests.withLock { $0.ownCounts } }

    /// Counts the images of the household. Walks along every record once: about a microsecond for each; ask again only
    /// when ``version`` changed.
    ///
    /// - Parameters:
    ///   - target: mains that the household should have of each image.
    ///   - silent: peers that were not heard of for so long that their mains do not count as existing.
    public func household(target: Int, silent: Set<NodeID> = []) async throws -> HouseholdCounts {
        try await read { db in
            let peers = try Self.peerNumbers(db)
            let silent = Set(peers.lazy.filter { silent.contains($0.value) }.map(\.key))
            var counts = HouseholdCounts()
            // Both come in the order of their images, so that neither is sorted nor held.
            let own = try Row.fetchCursor(db, sql: "SELECT image, form FROM own ORDER BY image, form")
            let mirror = try Row.fetchCursor(
                db, sql: "SELECT image, form, peer FROM mirror WHERE image IS NOT NULL ORDER BY image, form, peer")
            var ofPeers: [Int64: Int] = [:]
            var mine = try own.next().map(Copy.init)
            var theirs = try mirror.next().map(Copy.init)
            while let image = [mine?.image, theirs?.image].compactMap({ $0 }).min() {
                var (isHere, mains) = (false, 0)
                while let copy = mine, copy.image == image {
                    if copy.isMain { mains = 1 }
                    isHere = true
                    mine = try own.next().map(Copy.init)
                }
                // Mains come first, and a peer may have several files of one image.
                var counted: [Int64] = []
                while let copy = theirs, copy.image == image {
                    if !counted.contains(copy.peer) {
                        counted.append(copy.peer)
                        ofPeers[copy.peer, default: 0] += 1
                        if copy.isMain && !silent.contains(copy.peer) { mains += 1 }
                    }
                    theirs = try mirror.next().map(Copy.init)
                }
                counts.images += 1
                if !isHere { counts.missing += 1 }
                if mains < target { counts.atRisk += 1 }
            }
            for (number, count) in ofPeers {
                if let peer = peers[number] { counts.ofPeers[peer] = count }
            }
            let refused = try Row.fetchAll(
                db,
                sql: """
                    SELECT peer, count(*) FROM mirror WHERE image IS NULL AND refusal IS NOT NULL GROUP BY peer
                    """)
            for row in refused {
                if let peer = peers[row[0]] { counts.refused[peer] = row[1] }
            }
            counts.missingTypes = try Self.missingTypes(db, peers)
            let renamed = try Row.fetchCursor(
                db,
                sql: """
                    SELECT path, origin FROM own INDEXED BY own_beside
                    WHERE origin <> path AND EXISTS (
                        SELECT 1 FROM mirror WHERE mirror.image = own.image AND mirror.path = own.origin)
                    ORDER BY path
                    """)
            while let row = try renamed.next() {
                let path = try row.path(at: 0)
                guard path.isDisambiguation(of: try row.path(at: 1)) else { continue }
                counts.beside += 1
                if counts.firstBeside.count < 3 { counts.firstBeside.append(path) }
            }
            return counts
        }
    }

    /// Small mains come as they are. Most libraries are JPEGs, so there are few rows to group.
    private static func missingTypes(_ db: Database, _ peers: [Int64: NodeID]) throws -> [HouseholdCounts.MissingType] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT type, holders, count(*) FROM (
                    SELECT min(type) AS type, group_concat(DISTINCT peer) AS holders FROM mirror
                    WHERE form = 0 AND type NOT IN ('jpeg', 'other') AND main_bytes > ?
                        AND NOT EXISTS (SELECT 1 FROM own WHERE own.image = mirror.image)
                        AND NOT EXISTS (SELECT 1 FROM dismissal WHERE dismissal.image = mirror.image)
                    GROUP BY image)
                GROUP BY type, holders ORDER BY type, holders
                """, arguments: [Policy.smallMain])
        return rows.compactMap { row in
            let (type, holders): (String, String) = (row[0], row[1])
            guard let type = ImageType(rawValue: type) else { return nil }
            let known = holders.split(separator: ",").compactMap { Int64($0).flatMap { peers[$0] } }
            return HouseholdCounts.MissingType(type: type, holders: known.sorted(), images: row[2])
        }
    }

    private struct Copy {
        var image: ImageID
        var isMain: Bool
        var peer: Int64 = 0

        init(_ row: Row) throws {
            image = try row.image(at: 0)
            isMain = row[1] == 0
            if row.count > 2 { peer = row[2] }
        }
    }
}
