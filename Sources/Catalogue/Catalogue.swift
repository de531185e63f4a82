// Catalogue: what this node knows, in one SQLite database.
//
// Owns this node's own file info, the mirrors of its peers' and their digests, the peers it is paired with, and what a
// person dismissed. Every change is one durable transaction (WAL, synchronous=FULL). It must never touch an image file
// or ask a peer, and it removes nothing because something is absent: only because it was told that it is gone.
