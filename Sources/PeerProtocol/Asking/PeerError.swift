public import Model

/// Why a peer's answer could not be had.
public struct PeerError: Error, Sendable, CustomStringConvertible {
    /// The kinds of fault.
    public enum Code: String, Sendable, CaseIterable {
        /// No address answers.
        case unreachable
        /// Another machine, or another key, is at the address.
        case wrongPeer
        /// It took the connection and then let go of it, or of the answer.
        case disconnected
        /// Nothing came for too long.
        case stalled
        /// It does not know this node: unpaired at the other side.
        case unpaired
        /// It does not have it, or not any more.
        case notFound
        /// It has it, but cannot do what is asked of it.
        case unprocessable
        /// It contradicts what is there.
        case conflict
        /// It asks to come back later.
        case busy
        /// Its disk is full.
        case noSpace
        /// It failed.
        case failed
        /// It answered something that the protocol does not know.
        case malformed
        /// Its answer is larger than it may be.
        case tooLarge
    }

    /// The kind of fault.
    public let code: Code
    /// One sentence: the fault and its remedy.
    public let message: String
    /// The peer.
    public let peer: NodeID
    /// What the layers below said.
    public let cause: (any Error)?
    /// When the peer said to come back; clamped to a sane time.
    public let retryAfter: Duration?

    init(_ code: Code, _ message: String, peer: NodeID, cause: (any Error)? = nil, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.peer = peer
        self.cause = cause
        self.retryAfter = retryAfter
    }

    /// Whether the same request may succeed later without a person's doing.
    public var isRetryable: Bool {
        switch code {
        case .unreachable, .wrongPeer, .disconnected, .stalled, .busy, .noSpace, .failed: true
        case .unpaired, .notFound, .unprocessable, .conflict, .malformed, .tooLarge: false
        }
    }

    public var description: String { message }

    /// The sentence, with the peer called by a name: this layer knows ids only.
    public func message(calling name: String) -> String {
        message.split(separator: peer.short, omittingEmptySubsequences: false).joined(separator: name)
    }
}
