import Model

/// The JSON bodies of holds.
extension Wire {
    /// `POST /v1/holds`.
    struct Hold: Codable {
        var image: ImageID
        var nonce: String
        var seconds: Int
    }

    /// The answer to ``Hold``.
    struct Grant: Codable {
        var proof: String
        var seconds: Int
    }
}

extension HoldRequest {
    var wire: Wire.Hold { Wire.Hold(image: image, nonce: Hex.encode(nonce.bytes), seconds: seconds) }

    /// Nil when the nonce is none, or the seconds are out of their range.
    init?(_ wire: Wire.Hold) {
        guard let nonce = Hex.decode(wire.nonce).flatMap({ Bytes32($0) }), Self.allowedSeconds.contains(wire.seconds)
        else { return nil }
        self.init(image: wire.image, nonce: nonce, seconds: wire.seconds)
    }
}

extension HoldGrant {
    var wire: Wire.Grant { Wire.Grant(proof: Hex.encode(proof.bytes), seconds: seconds) }

    /// Nil when the proof is none.
    init?(_ wire: Wire.Grant) {
        guard let proof = Hex.decode(wire.proof).flatMap({ Bytes32($0) }) else { return nil }
        self.init(proof: proof, seconds: wire.seconds)
    }
}
