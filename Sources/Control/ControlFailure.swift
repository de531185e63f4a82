/// Why a request was not done: a code that scripts can rely on, and one sentence for a person.
public struct ControlFailure: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// What kind of failure. The one place that ties the words on the socket to HTTP statuses and to exit codes.
    public enum Code: String, Sendable, Codable, CaseIterable {
        /// The request itself is wrong: asking again in the same way is of no use.
        case usage
        /// It could not be done.
        case failed
        /// It could not be done now; the same request may succeed later.
        case tryAgain
        /// Whoever asks may not have this done.
        case notAllowed
        /// What was asked about is not known here.
        case notFound
        /// The agent is not running, or does not answer. Only the client's end makes this one.
        case notRunning

        /// The status of an HTTP answer that carries this failure.
        public var httpStatus: Int {
            switch self {
            case .usage: 400
            case .notAllowed: 403
            case .notFound: 404
            case .failed: 500
            case .tryAgain, .notRunning: 503
            }
        }

        /// The exit code of a command that ends with this failure (`sysexits.h`).
        public var exitCode: Int32 {
            switch self {
            case .failed, .notFound: 1
            case .usage: 64
            case .notRunning: 69
            case .tryAgain: 75
            case .notAllowed: 77
            }
        }
    }

    /// The kind of failure.
    public var code: Code
    /// One sentence: what is wrong, and what to do about it.
    public var message: String

    /// A failure with its reason.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The sentence.
    public var description: String { message }
}
