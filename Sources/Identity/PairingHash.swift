import Crypto
public import Model

/// The hashes of pairing. Every input is framed: its length in four bytes, highest first, then its bytes, so that no
/// two lists of inputs give the same bytes.
enum PairingHash {
    /// Label of the commitment.
    static let commitmentLabel = "mainstay pairing v1 commitment"
    /// Label of the digits.
    static let digitsLabel = "mainstay pairing v1 digits"

    /// How long an attempt lives. Two people at two machines need seconds; what is forgotten cannot be replayed.
    static let lifetime = Duration.seconds(120)

    static func commitment(to nonce: Bytes32) -> Bytes32 {
        hash([Array(commitmentLabel.utf8), nonce.bytes])
    }

    /// The six digits: the hash's first eight bytes as a number, highest byte first, modulo a million.
    static func digits(
        initiator: PairingParty, responder: PairingParty, initiatorNonce: Bytes32, responderNonce: Bytes32
    ) -> String {
        let hash = hash([
            Array(digitsLabel.utf8), initiator.certificate.der, responder.certificate.der,
            Array(initiator.name.description.utf8), Array(responder.name.description.utf8), initiatorNonce.bytes,
            responderNonce.bytes,
        ])
        let number = hash.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % 1_000_000
        let text = String(number)
        return String(repeating: "0", count: 6 - text.count) + text
    }

    private static func hash(_ inputs: [[UInt8]]) -> Bytes32 {
        var sha = SHA256()
        for input in inputs {
            sha.update(data: withUnsafeBytes(of: UInt32(input.count).bigEndian) { Array($0) })
            sha.update(data: input)
        }
        guard let bytes = Bytes32(Array(sha.finalize())) else { preconditionFailure("SHA-256 has 32 bytes") }
        return bytes
    }
}

extension Bytes32 {
    /// 32 bytes from the kernel's generator (`SystemRandomNumberGenerator` is getrandom(2) on Linux).
    public static func random() -> Bytes32 {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        guard let result = Bytes32(bytes) else { preconditionFailure("32 bytes were made") }
        return result
    }
}
