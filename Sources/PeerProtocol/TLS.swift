import Crypto
import Identity
import NIOCore
import NIOSSL

/// The three TLS configurations. TLS 1.3 only; there is no older peer to be kind to.
enum TLS {
    /// A connection that is being closed waits this long for the other side's goodbye.
    private static let goodbye = TimeAmount.milliseconds(500)

    /// The server's: asks for a client certificate, whose acceptance is decided by ``accepts(_:)``.
    static func server(_ identity: NodeIdentity) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(try own(identity))], privateKey: .privateKey(try key(identity)))
        configuration.minimumTLSVersion = .tlsv13
        configuration.certificateVerification = .noHostnameVerification
        // None: the custom verification stands in for them. Without this line the system's are loaded.
        configuration.trustRoots = .certificates([])
        configuration.shutdownTimeout = goodbye
        return configuration
    }

    /// A client's that trusts the one pinned certificate. The key is compared besides, see ``PinnedConnection``.
    static func client(_ identity: NodeIdentity, pinned: PeerCertificate) throws -> TLSConfiguration {
        var configuration = try stranger(identity)
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates([try NIOSSLCertificate(bytes: pinned.der, format: .der)])
        return configuration
    }

    /// A client's that takes any certificate: for pairing, whose messages carry their own proof.
    static func stranger(_ identity: NodeIdentity) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        configuration.certificateVerification = .none
        configuration.trustRoots = .certificates([])
        configuration.certificateChain = [.certificate(try own(identity))]
        configuration.privateKey = .privateKey(try key(identity))
        configuration.shutdownTimeout = goodbye
        return configuration
    }

    /// What the server says to a client's certificate at the handshake: any that is a node's. Who it is, and what it
    /// may do, is decided for each request.
    static func accepts(_ chain: [NIOSSLCertificate]) -> NIOSSLVerificationResult {
        peer(chain.first) == nil ? .failed : .certificateVerified
    }

    /// The checked form of a certificate that TLS saw; TLS has proved that the other side has its key.
    static func peer(_ certificate: NIOSSLCertificate?) -> PeerCertificate? {
        guard let der = try? certificate?.toDERBytes() else { return nil }
        return try? PeerCertificate(der: der)
    }

    private static func own(_ identity: NodeIdentity) throws -> NIOSSLCertificate {
        try NIOSSLCertificate(bytes: identity.certificate.der, format: .der)
    }

    private static func key(_ identity: NodeIdentity) throws -> NIOSSLPrivateKey {
        try NIOSSLPrivateKey(bytes: Array(identity.key.derRepresentation), format: .der)
    }
}
