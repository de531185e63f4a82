/// Why the agent ends otherwise than it was asked to: what it says, and its exit code (`sysexits.h`).
struct StartFailure: Error, Equatable, CustomStringConvertible {
    /// The kind of fault.
    enum Code: Int32 {
        case failed = 1
        /// Another agent has the library or the state.
        case alreadyRunning = 75
        /// A fault in the configuration.
        case configuration = 78
    }

    var code: Code
    /// One sentence: the fault and its remedy.
    var message: String
    /// Whether starting again later may help.
    var isRetryable: Bool { code == .alreadyRunning }
    var exitCode: Int32 { code.rawValue }
    var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
