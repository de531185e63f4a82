/// An answer that is not what a peer asked for, and why. Its sentence goes to the peer: no paths of this machine in it.
public struct PeerRefusal: Error, Sendable, CustomStringConvertible {
    /// The kinds of refusal, each one HTTP status.
    public enum Code: Int, Sendable, CaseIterable {
        /// The request makes no sense.
        case badRequest = 400
        /// The asking node is not paired, or not allowed this.
        case forbidden = 403
        /// It is not here.
        case notFound = 404
        /// The path exists, but not for this method.
        case methodNotAllowed = 405
        /// It contradicts what is here.
        case conflict = 409
        /// The request's body is too large.
        case tooLarge = 413
        /// The range lies outside the file.
        case rangeNotSatisfiable = 416
        /// It is here, but what is asked of it cannot be done: a main that cannot be reduced.
        case unprocessable = 422
        /// This peer asks too much at once.
        case tooMany = 429
        /// A fault of this node.
        case internalFault = 500
        /// Not now.
        case busy = 503
        /// No room on this node's disk.
        case noSpace = 507
    }

    /// The kind.
    public let code: Code
    /// One sentence for the peer's log.
    public let message: String
    /// When to ask again, for `tooMany` and `busy`.
    public let retryAfter: Duration?

    public init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    public var description: String { message }
}
