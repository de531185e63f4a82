// Discovery: where the nodes of this network can be reached right now, by DNS-SD.
//
// Owns the announcement of this node as `_mainstay._tcp`, the browsing for others, and the one thread on which
// everything of `dns_sd.h` happens (Avahi's compatibility library). It only ever says where a node claims to be; who
// really answers there is for the certificate to show. So it must never be a reason to trust, to forget or to
// disconnect a peer: what is lost here may still be reachable, and what is found may be an impostor.
