import GRDB

/// How many images there are, and in which form they are held here.
public struct LibraryCounts: Sendable, Hashable {
    /// Distinct images known, here and at peers.
    public var images = 0
    /// Own files that are mains, and own files that are reduced copies.
    public var mains = 0
    public var reduced = 0
    /// Images known of which nothing stands here.
    public var missing = 0
    /// Sizes of own mains and own reduced copies, in bytes.
    public var mainBytes: Int64 = 0
    public var reducedBytes: Int64 = 0
    /// Sizes of the mains that the reduced copies here stand for, in bytes.
    public var elsewhereBytes: Int64 = 0
    /// Images of which fewer mains than the target exist, here and elsewhere together.
    public var atRisk = 0
}

extension CatalogueDatabase {
    /// Counts the whole library. Reads every record once; ask again only when ``version`` changed.
    ///
    /// - Parameter target: mains that the household should have of each image.
    public func counts(target: Int) async throws -> LibraryCounts {
        try await read { db in
            var counts = LibraryCounts()
            let own = try Row.fetchAll(
                db, sql: "SELECT form, count(*) n, sum(bytes) b, sum(main_bytes) m FROM own GROUP BY form")
            for row in own {
                let form: Int = row["form"]
                if form == 0 {
                    (counts.mains, counts.mainBytes) = (row["n"], row["b"])
                } else {
                    (counts.reduced, counts.reducedBytes, counts.elsewhereBytes) = (row["n"], row["b"], row["m"])
                }
            }
            let all = try Row.fetchOne(
                db,
                sql: """
                    WITH copy AS (
                        SELECT image, 0 AS node, form FROM own
                        UNION ALL SELECT image, peer AS node, form FROM mirror WHERE image IS NOT NULL),
                    known AS (
                        SELECT max(node = 0) AS here, count(DISTINCT CASE WHEN form = 0 THEN node END) AS mains
                        FROM copy GROUP BY image)
                    SELECT count(*) AS images, count(*) FILTER (WHERE NOT here) AS missing,
                        count(*) FILTER (WHERE mains < ?) AS at_risk
                    FROM known
                    """, arguments: [target])
            if let all {
                (counts.images, counts.missing, counts.atRisk) = (all["images"], all["missing"], all["at_risk"])
            }
            return counts
        }
    }
}
