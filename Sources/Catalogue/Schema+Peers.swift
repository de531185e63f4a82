/// What peers may, and what of their words waits.
extension Schema {
    static let tenth = """
        -- What a peer may here, as PeerRights has it, and who has said so, as PeerStanding.Decision has it. One that was
        -- paired before is a member; whether its copies count, a person is asked.
        ALTER TABLE peer ADD COLUMN rights INTEGER NOT NULL DEFAULT 11;
        ALTER TABLE peer ADD COLUMN decision INTEGER NOT NULL DEFAULT 1;

        -- The number of the peer that said it; NULL of an own word, and of one that an earlier version took over.
        ALTER TABLE deletion ADD COLUMN via INTEGER;
        -- Whether a file of the image stood here when it was taken over.
        ALTER TABLE deletion ADD COLUMN concerned INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX deletion_via ON deletion (via, heard) WHERE via IS NOT NULL;

        -- A row is a peer's deletion of an image that stands here, not taken over: it deletes so many at once that a person
        -- is asked first.
        CREATE TABLE held_deletion (
            peer INTEGER NOT NULL REFERENCES peer (number) ON DELETE CASCADE,
            image BLOB NOT NULL,
            path TEXT NOT NULL,
            generation INTEGER NOT NULL,
            deleted INTEGER NOT NULL,
            at INTEGER NOT NULL,
            by BLOB NOT NULL,
            PRIMARY KEY (peer, image)
        ) STRICT, WITHOUT ROWID;
        """

    static let eleventh = """
        -- How many names and edits a peer has said since when, in seconds since 1970: a day's are counted together.
        ALTER TABLE peer ADD COLUMN words INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE peer ADD COLUMN words_since INTEGER NOT NULL DEFAULT 0;

        -- A row is an image that a peer had, and has no more: it may have edited it.
        CREATE TABLE had (
            image BLOB NOT NULL,
            peer INTEGER NOT NULL REFERENCES peer (number) ON DELETE CASCADE,
            PRIMARY KEY (image, peer)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX had_peer ON had (peer);

        -- A row is what a record of the mirror says of a name or an edit, and what is not counted until a person says so.
        CREATE TABLE held_word (
            peer INTEGER NOT NULL REFERENCES peer (number) ON DELETE CASCADE,
            sequence INTEGER NOT NULL,
            -- as HeldWords.Kind has it
            kind INTEGER NOT NULL,
            -- what the image, or the one that it is to replace, is called here
            here TEXT NOT NULL,
            heard INTEGER NOT NULL,
            image BLOB NOT NULL,
            path TEXT NOT NULL,
            generation INTEGER,
            replaces BLOB,
            edition INTEGER,
            -- the record itself, where that is on a recipe
            line BLOB,
            PRIMARY KEY (peer, sequence)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX held_word_image ON held_word (image);
        -- What an earlier version has taken over counts.
        INSERT OR IGNORE INTO had SELECT DISTINCT image, peer FROM replaced
            WHERE peer IN (SELECT number FROM peer);
        """
}
