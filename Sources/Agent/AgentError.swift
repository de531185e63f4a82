/// Why a node could not start, or could not go on.
public struct AgentError: Error, CustomStringConvertible {
    /// The kind of fault.
    public enum Code: String, Sendable {
        /// Another agent has the state folder, the library or the port.
        case alreadyRunning
        /// What a person configured cannot be.
        case configuration
        /// Anything else.
        case failed
    }

    public var code: Code
    /// The fault and its remedy, in one sentence.
    public var message: String
    public var cause: (any Error)?

    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Whether starting again later may help: another agent may have ended by then.
    public var isRetryable: Bool { code == .alreadyRunning }

    public var description: String { message }
}
