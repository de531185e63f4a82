import GRDB

/// The tables, in the order in which they came to be.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: library, mirrors, peers") { db in
            try db.execute(sql: first)
        }
        return migrator
    }

    private static let first = """
        -- A row is one image file of this node's library, published under its sequence number. AUTOINCREMENT, because a
        -- number must not come back while a peer may still remember what it stood for.
        CREATE TABLE own (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            path TEXT NOT NULL,
            image BLOB NOT NULL,
            form INTEGER NOT NULL,
            type TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            main_bytes INTEGER NOT NULL,
            width INTEGER,
            height INTEGER,
            captured INTEGER,
            edge INTEGER,
            fingerprint BLOB NOT NULL,
            -- the file itself: its name, and what tells that it is unchanged
            file TEXT NOT NULL UNIQUE,
            modified INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            -- the holder's path that it was placed after; NULL for what a person put here
            origin TEXT
        ) STRICT;
        CREATE INDEX own_image ON own (image);
        CREATE INDEX own_path ON own (path);

        -- A row is one file of the library that is no image, or that could not be read: why, and what it looked like then.
        CREATE TABLE other (
            file TEXT PRIMARY KEY,
            reason TEXT,
            bytes INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            inode INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- A row is one image that a person removed here: not wanted here any more.
        CREATE TABLE dismissal (
            image BLOB PRIMARY KEY,
            path TEXT NOT NULL,
            since INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- A row is one node that a person at a terminal paired with this one.
        CREATE TABLE peer (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id BLOB NOT NULL UNIQUE,
            name TEXT NOT NULL,
            certificate BLOB NOT NULL,
            addresses TEXT NOT NULL,
            paired INTEGER NOT NULL,
            seen INTEGER
        ) STRICT;

        -- A row is one record of a peer's list as that peer last told it. A refused record keeps its place and its
        -- fingerprint, so that the digests agree, and says why; it has nothing else.
        CREATE TABLE mirror (
            peer INTEGER NOT NULL REFERENCES peer (number) ON DELETE CASCADE,
            sequence INTEGER NOT NULL,
            path TEXT,
            image BLOB,
            form INTEGER,
            type TEXT,
            bytes INTEGER,
            main_bytes INTEGER,
            width INTEGER,
            height INTEGER,
            captured INTEGER,
            edge INTEGER,
            fingerprint BLOB NOT NULL,
            refusal TEXT,
            PRIMARY KEY (peer, sequence)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX mirror_image ON mirror (image);
        CREATE INDEX mirror_path ON mirror (path);

        -- A row is one fact about this node that outlives a restart.
        CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        """
}
