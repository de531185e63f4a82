public import Identity
public import Model

/// What there is to keep of a peer that was just paired.
public struct PairedPeer: Hashable, Sendable {
    /// Its certificate: the pin.
    public let certificate: PeerCertificate
    /// Its name, as it gave it.
    public let name: NodeName
    /// Where it was reached or came from, best first; may be empty.
    public let addresses: [PeerAddress]
    /// What the person here said that it may; nil where nobody said anything.
    public let standing: PeerStanding?

    public init(
        certificate: PeerCertificate, name: NodeName, addresses: [PeerAddress], standing: PeerStanding? = nil
    ) {
        self.certificate = certificate
        self.name = name
        self.addresses = addresses
        self.standing = standing
    }

    /// Its id.
    public var id: NodeID { certificate.id }
}

/// Where the agent keeps whom it trusts.
public protocol PeerTrusting: Sendable {
    /// Trusts `peer` from now on. Durable when it returns; may be called again for one that is trusted already, whose
    /// certificate, name and addresses it then takes over.
    func trust(_ peer: PairedPeer) async throws
}
