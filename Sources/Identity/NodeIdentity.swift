public import Crypto
import Foundation
public import Model
import SwiftASN1
import X509

/// Who this node is: a P-256 key, the self-signed certificate that shows it, and the name derived from it.
///
/// Trust comes from pairing and never from the certificate's dates or names, so it is valid from 1970-01-01 to
/// 9999-12-31: a machine without a clock must still connect.
public struct NodeIdentity: Sendable {
    /// The private key. Whoever has it is this node.
    public let key: P256.Signing.PrivateKey
    /// The certificate, as peers see it.
    public let certificate: PeerCertificate

    /// The node's id.
    public var id: NodeID { certificate.id }

    /// A new identity, in memory only.
    public static func make() throws -> NodeIdentity {
        try NodeIdentity(key: P256.Signing.PrivateKey())
    }

    /// The identity of `key`, with a new certificate of a random serial number.
    init(key: P256.Signing.PrivateKey) throws {
        let name = try DistinguishedName { CommonName("mainstay") }
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: Date(timeIntervalSince1970: 0),
            // 9999-12-31 23:59:59 UTC: what RFC 5280, section 4.1.2.5, gives for "no well-defined end".
            notValidAfter: Date(timeIntervalSince1970: 253_402_300_799),
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        self.key = key
        self.certificate = try PeerCertificate(der: serializer.serializedBytes)
    }

    /// Takes a key and a certificate that were stored together.
    init(key: P256.Signing.PrivateKey, certificate: PeerCertificate) {
        self.key = key
        self.certificate = certificate
    }
}
