// PeerProtocol: what nodes say to each other: HTTP/1.1 over mutual TLS 1.3, both ends.
//
// Owns the wire's forms, the server with its limits and its one rule (a stranger gets the pairing route and nothing
// else), the client of one paired peer, and both ends of pairing. Everything that comes from a peer is checked here and
// leaves as a value of Model. It must never decide what to fetch, touch the library or the database, or believe a
// peer's clock. The protocol itself is written down in `PeerProtocol.docc/Protocol.md`.
