import Crypto
public import Model
import SwiftASN1
import X509

/// A node's certificate, checked: it parses, is small, and holds a P-256 key. Nothing else in it is believed.
public struct PeerCertificate: Hashable, Sendable {
    /// Why some bytes are no node's certificate. The description is a clause: "is larger than 4096 bytes".
    public struct Refusal: Error, CustomStringConvertible {
        /// What is wrong.
        public let description: String
    }

    /// Bytes of the largest certificate taken. Ours have about 330; a stranger must not make us parse a megabyte.
    public static let largest = 4096

    /// The certificate in DER, as it was sent.
    public let der: [UInt8]
    /// The node's id: the SHA-256 of the key's SubjectPublicKeyInfo in DER.
    public let id: NodeID
    /// The key's SubjectPublicKeyInfo in DER, in its one uncompressed form.
    public let publicKey: [UInt8]

    /// Checks `der`.
    public init(der: [UInt8]) throws(Refusal) {
        guard der.count <= Self.largest else { throw Refusal(description: "is larger than \(Self.largest) bytes") }
        let certificate: Certificate
        do {
            certificate = try Certificate(derEncoded: der)
        } catch {
            throw Refusal(description: "is no X.509 certificate in DER")
        }
        guard let key = P256.Signing.PublicKey(certificate.publicKey) else {
            throw Refusal(description: "has a key that is not on the curve P-256")
        }
        guard let id = NodeID(of: key) else { throw Refusal(description: "has a key without a hash") }
        self.der = der
        self.id = id
        self.publicKey = Array(key.derRepresentation)
    }
}

extension NodeID {
    init?(of key: P256.Signing.PublicKey) {
        guard let bytes = Bytes32(Array(SHA256.hash(data: key.derRepresentation))) else { return nil }
        self.init(bytes)
    }
}
