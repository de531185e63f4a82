// Identity: who this node is, whom it believes, and how two people make two nodes believe each other.
//
// Owns the node's key and certificate on disk, the checked form of a peer's certificate, the two state machines of
// pairing by six digits, invitations, and the limit on attempts. All but the one file of the identity is pure: time is
// passed in. It must never open a connection, start a task or read a clock, and it must never replace an identity that
// it cannot read: the key is who the node is.
