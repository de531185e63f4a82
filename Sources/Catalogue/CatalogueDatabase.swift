import Foundation
import GRDB
import Glibc
import Model
import Synchronization

/// The catalogue's database: one writer at a time, readers beside it. Usable from any thread; every method that is
/// not `async` answers from memory.
public final class CatalogueDatabase: Sendable {
    /// Records that one peer may have: above any household's library, and about a gigabyte of catalogue.
    public static let mostRecordsOfPeer = 4_000_000

    let pool: DatabasePool
    let path: String
    let digests = Mutex(Digests())
    let turn = Turn()
    let telling = Mutex(Telling())

    /// What is kept in memory beside the tables; loaded when the catalogue is opened, changed with each transaction.
    struct Digests {
        var own = ChunkedDigest()
        var ownLast: Model.Record.Sequence = 0
        var ownCounts = OwnCounts()
        var mirrors: [NodeID: ChunkedDigest] = [:]
        /// Counts the transactions that changed file info.
        var version: UInt64 = 0
        /// Those of them that changed the own list.
        var ownVersion: UInt64 = 0
    }

    /// Nobody else's to read. SQLite gives its other files the rights of the first, and takes an empty one for a new
    /// database.
    private static func makePrivate(_ path: String) {
        for (file, flags) in [(path, O_CREAT), (path + "-wal", 0), (path + "-shm", 0)] {
            let descriptor = open(file, O_RDWR | O_CLOEXEC | flags, 0o600)
            // SQLite says better what the matter is.
            if descriptor < 0 { continue }
            fchmod(descriptor, 0o600)
            Glibc.close(descriptor)
        }
    }

    /// Opens the catalogue at `path`, makes it when there is none, and loads the digests: about half a second for a
    /// million records.
    ///
    /// - Throws: ``CatalogueError``
    public init(path: String) throws {
        self.path = path
        do {
            Self.makePrivate(path)
            var configuration = Configuration()
            configuration.label = "catalogue"
            configuration.maximumReaderCount = 3
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { db in
                // A record that was answered to a peer, or a hold that was granted, must outlive a power cut.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try db.execute(sql: "PRAGMA foreign_keys = ON")
                // In KiB, taken as they are needed: what changes when a folder of 20,000 files is renamed.
                if !db.configuration.readonly { try db.execute(sql: "PRAGMA cache_size = -16384") }
            }
            pool = try DatabasePool(path: path, configuration: configuration)
            if try pool.read(Schema.migrator.hasBeenSuperseded) {
                throw CatalogueError(
                    code: .tooNew,
                    message: "The catalogue \(path) was written by a later version of Mainstay; install that version.",
                    path: path)
            }
            try Schema.migrator.migrate(pool)
            let loaded = try pool.read(Self.load)
            digests.withLock { $0 = loaded }
        } catch {
            throw CatalogueError(error, path: path)
        }
    }

    private static func load(_ db: Database) throws -> Digests {
        var digests = Digests()
        let own = try Row.fetchCursor(
            db,
            sql: """
                SELECT sequence, fingerprint, bytes, main_bytes, form FROM own
                UNION ALL SELECT sequence, fingerprint, 0, 0, NULL FROM deletion
                UNION ALL SELECT sequence, fingerprint, 0, 0, NULL FROM edit
                """)
        while let row = try own.next() {
            digests.own.add(try row.fingerprint(at: 1), at: row[0])
            guard let form: Int = row[4] else { continue }
            digests.ownCounts.count(form == 0 ? .main : .reduced, bytes: row[2], mainBytes: row[3], times: 1)
        }
        digests.ownLast = try lastSequence(db)
        let peers = try Row.fetchAll(db, sql: "SELECT number, id FROM peer")
        for peer in peers {
            var mirror = ChunkedDigest()
            let rows = try Row.fetchCursor(
                db, sql: "SELECT sequence, fingerprint FROM mirror WHERE peer = ?", arguments: [peer["number"] as Int64]
            )
            while let row = try rows.next() {
                mirror.add(try row.fingerprint(at: 1), at: row[0])
            }
            digests.mirrors[try peer.node("id")] = mirror
        }
        return digests
    }

    static func lastSequence(_ db: Database) throws -> Model.Record.Sequence {
        try Model.Record.Sequence.fetchOne(
            db.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'own'")) ?? 0
    }

    /// Gives out the next sequence number of the own list. For a record that is not in the table own, whose own numbers
    /// count by themselves.
    static func takeSequence(_ db: Database) throws -> Model.Record.Sequence {
        let next = try lastSequence(db) + 1
        try db.cachedStatement(sql: "UPDATE sqlite_sequence SET seq = ? WHERE name = 'own'").execute(arguments: [next])
        if db.changesCount == 0 {
            try db.execute(sql: "INSERT INTO sqlite_sequence (name, seq) VALUES ('own', ?)", arguments: [next])
        }
        return next
    }

    /// A number that changes with every change of file info, here or in a mirror: equal means nothing changed.
    public var version: UInt64 { digests.withLock { $0.version } }

    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        do {
            return try await pool.read(body)
        } catch {
            throw error is CancellationError ? error : CatalogueError(error, path: path)
        }
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        do {
            let result = try await pool.write(body)
            transactionEnded()
            return result
        } catch {
            throw error is CancellationError ? error : CatalogueError(error, path: path)
        }
    }

    /// Closes the database, so that its files can be copied or replaced. Whatever is asked afterwards fails.
    public func close() throws {
        do { try pool.close() } catch { throw CatalogueError(error, path: path) }
    }

    /// A fact kept under `key`, or nil.
    public func setting(_ key: String) async throws -> String? {
        try await read { db in
            try String.fetchOne(db, sql: "SELECT value FROM setting WHERE key = ?", arguments: [key])
        }
    }

    /// Keeps a fact. Durable on return.
    public func setSetting(_ key: String, to value: String) async throws {
        try await write { db in
            try db.execute(sql: "INSERT OR REPLACE INTO setting VALUES (?, ?)", arguments: [key, value])
        }
    }
}
