import Crypto
import Foundation
import Identity
import NIOSSL
import SwiftASN1
import X509

/// Certificates that no node would make.
enum TestCertificates {
    /// One of a P-384 key.
    static func p384() throws -> (NIOSSLCertificate, NIOSSLPrivateKey) {
        let key = P384.Signing.PrivateKey()
        return (
            try certificate(Certificate.PrivateKey(key).publicKey, signedBy: Certificate.PrivateKey(key)),
            try NIOSSLPrivateKey(bytes: Array(key.derRepresentation), format: .der)
        )
    }

    /// One of another key, signed by the key of `identity` under its name.
    static func signed(by identity: NodeIdentity) throws -> (NIOSSLCertificate, NIOSSLPrivateKey) {
        let key = P256.Signing.PrivateKey()
        return (
            try certificate(Certificate.PublicKey(key.publicKey), signedBy: Certificate.PrivateKey(identity.key)),
            try NIOSSLPrivateKey(bytes: Array(key.derRepresentation), format: .der)
        )
    }

    private static func certificate(
        _ key: Certificate.PublicKey, signedBy issuer: Certificate.PrivateKey
    ) throws -> NIOSSLCertificate {
        let name = try DistinguishedName { CommonName("mainstay") }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key,
            notValidBefore: Date(timeIntervalSince1970: 0), notValidAfter: Date(timeIntervalSince1970: 4_000_000_000),
            issuer: name, subject: try DistinguishedName { CommonName("leaf") },
            extensions: Certificate.Extensions(), issuerPrivateKey: issuer)
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return try NIOSSLCertificate(bytes: serializer.serializedBytes, format: .der)
    }
}
