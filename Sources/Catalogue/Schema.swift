import GRDB

/// The tables, in the order in which they came to be.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for (name, sql) in [
            ("1: library, mirrors, peers", first),
            ("2: custody of mains", second),
            ("3: edits", third),
            ("4: counting by the indexes alone", fourth),
            ("5: holds that are given back", fifth),
            ("6: when files last changed", sixth),
            ("7: names", seventh),
            ("8: attributes of mains", eighth),
        ] {
            migrator.registerMigration(name) { db in try db.execute(sql: sql) }
        }
        migrator.registerMigration("9: editions") { db in
            try db.execute(sql: ninth)
            for row in try Row.fetchAll(
                db, sql: "SELECT peer, sequence, replaces FROM mirror WHERE replaces IS NOT NULL")
            {
                try Replaced.add(row.images(at: 2), by: (row[0], row[1]), db)
            }
            for row in try Row.fetchAll(db, sql: "SELECT sequence, replaces FROM own WHERE replaces IS NOT NULL") {
                try Replaced.add(row.images(at: 1), by: (Replaced.own, row[0]), db)
            }
        }
        migrator.registerMigration("10: rights of peers") { db in
            try db.execute(sql: tenth)
        }
        migrator.registerMigration("11: words that wait") { db in
            try db.execute(sql: eleventh)
        }
        migrator.registerMigration("12: several paths of one image") { db in
            try db.execute(sql: twelfth)
        }
        migrator.registerMigration("13: every file is a main") { db in
            // What earlier versions took for no image is looked at again; what a person was told of stays as it is.
            try db.execute(sql: "DELETE FROM other WHERE reason IS NULL AND file NOT IN (SELECT file FROM preview)")
            // Nor does a mirror ask again for a record that was refused while its digest is the same.
            try db.execute(sql: "DELETE FROM mirror WHERE refusal IS NOT NULL")
        }
        migrator.registerMigration("14: how long films last") { db in
            try db.execute(sql: fourteenth)
        }
        migrator.registerMigration("15: names of what is gone") { db in
            try db.execute(sql: fifteenth)
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

    private static let second = """
        -- The images that a file replaced in place, 32 bytes each, the latest first; NULL for none.
        ALTER TABLE own ADD COLUMN replaces BLOB;
        ALTER TABLE mirror ADD COLUMN replaces BLOB;
        -- When the file was last read whole and found right, in seconds of node time.
        ALTER TABLE own ADD COLUMN verified INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX own_verified ON own (verified) WHERE form = 0;
        CREATE INDEX mirror_replacing ON mirror (path) WHERE replaces IS NOT NULL;

        -- A row is the latest word on deleting an image everywhere, published under a sequence number of own.
        CREATE TABLE deletion (
            sequence INTEGER PRIMARY KEY,
            image BLOB NOT NULL UNIQUE,
            path TEXT NOT NULL,
            generation INTEGER NOT NULL,
            deleted INTEGER NOT NULL,
            at INTEGER NOT NULL,
            by BLOB NOT NULL,
            -- when this node heard of it, in nanoseconds since 1970 by its own clock
            heard INTEGER NOT NULL,
            fingerprint BLOB NOT NULL
        ) STRICT;
        CREATE INDEX deletion_path ON deletion (path);

        -- A row is what a person asked of this node about one image, against its policy: the main, or a reduced copy.
        CREATE TABLE asked (image BLOB PRIMARY KEY, form INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        -- A row is a main that is being evicted: set before the first hold is asked for, gone when that is over (S3).
        CREATE TABLE evicting (image BLOB PRIMARY KEY, file TEXT NOT NULL) STRICT, WITHOUT ROWID;

        -- A row is a hold that was granted: the node keeps its main until then, in milliseconds of this run. At every
        -- start each lasts its whole time again, as nobody knows how long the node was away.
        CREATE TABLE hold (
            number INTEGER PRIMARY KEY,
            image BLOB NOT NULL,
            peer BLOB NOT NULL,
            seconds INTEGER NOT NULL,
            until INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX hold_image ON hold (image);

        -- A row says when a peer last proved that it holds a main, in seconds since 1970. For people.
        CREATE TABLE proved (
            image BLOB NOT NULL,
            peer INTEGER NOT NULL REFERENCES peer (number) ON DELETE CASCADE,
            at INTEGER NOT NULL,
            PRIMARY KEY (image, peer)
        ) STRICT, WITHOUT ROWID;

        -- A row is a file that goes, or has gone, from the library into one of the agent's own folders. It is written
        -- before the file is renamed, so that a crash in between is told from a person's removal.
        CREATE TABLE aside (
            name TEXT PRIMARY KEY,
            folder TEXT NOT NULL,
            done INTEGER NOT NULL,
            -- since when it lies there, in seconds of node time
            since INTEGER NOT NULL,
            file TEXT NOT NULL,
            modified INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            origin TEXT,
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
            replaces BLOB
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX aside_image ON aside (image);
        """

    private static let third = """
        -- A row is what is known of one recipe: the latest word on it and its rendition, published under a sequence number
        -- of own.
        CREATE TABLE edit (
            sequence INTEGER PRIMARY KEY,
            -- the SHA-256 of json
            recipe BLOB NOT NULL UNIQUE,
            -- what it is for
            image BLOB NOT NULL,
            json TEXT NOT NULL,
            path TEXT NOT NULL,
            generation INTEGER NOT NULL,
            undone INTEGER NOT NULL,
            at INTEGER NOT NULL,
            by BLOB NOT NULL,
            -- the rendition, and the generation that it was made for; NULL for none yet
            made BLOB,
            made_generation INTEGER,
            fingerprint BLOB NOT NULL
        ) STRICT;
        CREATE INDEX edit_image ON edit (image);
        CREATE INDEX edit_path ON edit (path, recipe);
        CREATE INDEX edit_made ON edit (made) WHERE made IS NOT NULL;
        -- Those that are to be run: few, and asked for often.
        CREATE INDEX edit_open ON edit (recipe, image) WHERE NOT undone AND generation > coalesce(made_generation, 0);

        -- A row is a file of the library that shows what a rendition will look like, and what it looked like when it was
        -- placed: only that very file may be taken away again.
        CREATE TABLE preview (
            recipe BLOB PRIMARY KEY,
            file TEXT NOT NULL UNIQUE,
            bytes INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            inode INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let fourth = """
        -- With the form, so that counting the household's copies reads no row of the tables.
        DROP INDEX own_image;
        CREATE INDEX own_image ON own (image, form);
        DROP INDEX mirror_image;
        CREATE INDEX mirror_image ON mirror (image, form);
        """

    private static let fifth = """
        -- What the peer asked with, and gives the hold back by; NULL for a hold of an earlier version.
        ALTER TABLE hold ADD COLUMN nonce BLOB;
        CREATE INDEX hold_nonce ON hold (nonce) WHERE nonce IS NOT NULL;
        """

    private static let sixth = """
        -- The file's ctime when it was read or placed, in nanoseconds since 1970; NULL of one that an earlier version has
        -- read, until it is read again.
        ALTER TABLE own ADD COLUMN changed INTEGER;
        ALTER TABLE other ADD COLUMN changed INTEGER;
        ALTER TABLE preview ADD COLUMN changed INTEGER;
        ALTER TABLE aside ADD COLUMN changed INTEGER;
        """

    private static let seventh = """
        -- Which word on the image's name the path is; NULL for none.
        ALTER TABLE own ADD COLUMN generation INTEGER;
        ALTER TABLE mirror ADD COLUMN generation INTEGER;
        ALTER TABLE aside ADD COLUMN generation INTEGER;

        CREATE INDEX own_replacing ON own (image) WHERE replaces IS NOT NULL;

        -- A row is an own file that the agent is giving another name: written before the first file is renamed, gone with
        -- the transaction that records the new names. name: what it is called in incoming, where it has to step aside.
        CREATE TABLE moving (
            file TEXT PRIMARY KEY,
            target TEXT NOT NULL,
            name TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let eighth = """
        -- What is said of the main beside its bytes, in the compact form of FileAttributes; NULL where that is not known.
        ALTER TABLE own ADD COLUMN attributes BLOB;
        ALTER TABLE mirror ADD COLUMN attributes BLOB;
        ALTER TABLE aside ADD COLUMN attributes BLOB;
        -- What the file of a main shows of them, where that is not all of it; else NULL.
        ALTER TABLE own ADD COLUMN shown BLOB;
        ALTER TABLE aside ADD COLUMN shown BLOB;
        -- Those that an earlier version has found: few, once all were asked.
        CREATE INDEX own_plain ON own (file) WHERE form = 0 AND origin IS NULL AND attributes IS NULL;
        """

    private static let ninth = """
        -- How many edits the picture has behind it; NULL for none, and for an edit of an earlier version.
        ALTER TABLE own ADD COLUMN edition INTEGER;
        ALTER TABLE mirror ADD COLUMN edition INTEGER;
        ALTER TABLE aside ADD COLUMN edition INTEGER;
        -- The edition of what was written over here: a later one was put back elsewhere, and is wanted again. NULL of what a
        -- person removed.
        ALTER TABLE dismissal ADD COLUMN edition INTEGER;
        -- The latest word on the name of what is gone: whoever has it again says a later one.
        ALTER TABLE dismissal ADD COLUMN generation INTEGER;
        -- What it had replaced itself.
        ALTER TABLE dismissal ADD COLUMN replaces BLOB;

        -- Files that do not have the name that they were to have: few.
        CREATE INDEX own_beside ON own (path) WHERE origin <> path;

        -- A row is one image that a record names in replaces: which edits an image has is found without reading them all.
        -- peer: whose record; 0 for an own one.
        CREATE TABLE replaced (
            image BLOB NOT NULL,
            peer INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            PRIMARY KEY (image, peer, sequence)
        ) STRICT, WITHOUT ROWID;
        """

    private static let twelfth = """
        -- A row is a path at which a person here does not want an image that stands here at others: it was removed or renamed
        -- there. generation: the latest word on the image's name at that time.
        CREATE TABLE refused (
            image BLOB NOT NULL,
            path TEXT NOT NULL,
            generation INTEGER NOT NULL,
            PRIMARY KEY (image, path)
        ) STRICT, WITHOUT ROWID;
        """

    private static let fourteenth = """
        -- How long a film lasts, in milliseconds; NULL of what is none, and where that is not known.
        ALTER TABLE own ADD COLUMN duration INTEGER;
        ALTER TABLE mirror ADD COLUMN duration INTEGER;
        ALTER TABLE aside ADD COLUMN duration INTEGER;
        -- A peer may have said so to the version before, which passed over it: with another fingerprint its records of films
        -- are asked for again, and count meanwhile as they stand.
        UPDATE mirror SET fingerprint = zeroblob(16)
            WHERE type IN ('mp4', 'mov', '3gp', 'mkv', 'avi') AND refusal IS NULL;
        """

    private static let fifteenth = """
        -- What is gone is looked for by its folder.
        CREATE INDEX dismissal_path ON dismissal (path);
        CREATE INDEX aside_path ON aside (path);
        """
}
