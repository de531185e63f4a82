public import Model

/// A holder's promise to keep its main, with what shows that it has read it just now.
public struct HoldGrant: Sendable, Hashable {
    /// SHA-256 of the request's nonce and, behind it, all bytes of the main.
    public var proof: Bytes32
    /// How long the main is held, 1 to what was asked for: the holder counts from after the request came in, so the
    /// asking node, which counts from before it sent it, is never the later of the two.
    public var seconds: Int

    public init(proof: Bytes32, seconds: Int) {
        self.proof = proof
        self.seconds = seconds
    }
}
