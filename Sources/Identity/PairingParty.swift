public import Model

/// One of the two nodes that are being paired: what the six digits must cover about it.
public struct PairingParty: Hashable, Sendable {
    /// Its certificate.
    public let certificate: PeerCertificate
    /// Its name.
    public let name: NodeName

    public init(certificate: PeerCertificate, name: NodeName) {
        self.certificate = certificate
        self.name = name
    }

    /// Its id.
    public var id: NodeID { certificate.id }
}

/// The first message, initiator to responder.
public struct PairingHello: Hashable, Sendable {
    /// SHA-256(label ‖ nonce): binds the initiator to its nonce before it sees the responder's.
    public let commitment: Bytes32
    /// The initiator.
    public let party: PairingParty

    public init(commitment: Bytes32, party: PairingParty) {
        self.commitment = commitment
        self.party = party
    }
}

/// The second message, responder to initiator.
public struct PairingReply: Hashable, Sendable {
    /// The responder's nonce.
    public let nonce: Bytes32
    /// The responder.
    public let party: PairingParty

    public init(nonce: Bytes32, party: PairingParty) {
        self.nonce = nonce
        self.party = party
    }
}

/// The third message, initiator to responder.
public struct PairingReveal: Hashable, Sendable {
    /// The nonce that the commitment was made of.
    public let nonce: Bytes32

    public init(nonce: Bytes32) { self.nonce = nonce }
}
