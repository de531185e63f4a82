import Foundation
import Identity
import Model

/// The JSON bodies of pairing.
extension Wire {
    /// `POST /v1/pairing/hello`.
    struct Hello: Codable {
        var commitment: String
        var certificate: String
        var name: NodeName
        var port: Int

        init(_ hello: PairingHello, port: Int) {
            commitment = Hex.encode(hello.commitment.bytes)
            certificate = Wire.base64(hello.party.certificate)
            name = hello.party.name
            self.port = port
        }

        func hello() throws -> PairingHello {
            PairingHello(
                commitment: try Wire.bytes32(commitment),
                party: PairingParty(certificate: try Wire.certificate(certificate), name: name))
        }
    }

    /// The answer to ``Hello``.
    struct Reply: Codable {
        var attempt: String
        var nonce: String
        var certificate: String
        var name: NodeName

        init(attempt: Bytes32, reply: PairingReply) {
            self.attempt = Hex.encode(attempt.bytes)
            nonce = Hex.encode(reply.nonce.bytes)
            certificate = Wire.base64(reply.party.certificate)
            name = reply.party.name
        }

        func reply() throws -> PairingReply {
            PairingReply(
                nonce: try Wire.bytes32(nonce),
                party: PairingParty(certificate: try Wire.certificate(certificate), name: name))
        }
    }

    /// `POST /v1/pairing/reveal`.
    struct Reveal: Codable {
        var attempt: String
        var nonce: String
    }

    /// `POST /v1/pairing/confirm`.
    struct Confirm: Codable {
        var attempt: String
        var yes: Bool
    }

    /// `POST /v1/pairing/join`.
    struct Join: Codable {
        var secret: String
        var certificate: String
        var name: NodeName
        var port: Int
    }

    /// The answer to ``Join``.
    struct Joined: Codable {
        var name: NodeName
    }

    /// The answer to ``Reveal``, and to a ``Confirm`` that both people gave.
    struct Done: Codable {}

    static func base64(_ certificate: PeerCertificate) -> String { Data(certificate.der).base64EncodedString() }

    static func certificate(_ text: String) throws(PairingError) -> PeerCertificate {
        guard let data = Data(base64Encoded: text) else { throw PairingError(.malformed) }
        do { return try PeerCertificate(der: Array(data)) } catch { throw PairingError(.malformed) }
    }

    static func bytes32(_ text: String) throws(PairingError) -> Bytes32 {
        guard let bytes = Hex.decode(text).flatMap({ Bytes32($0) }) else { throw PairingError(.malformed) }
        return bytes
    }
}
