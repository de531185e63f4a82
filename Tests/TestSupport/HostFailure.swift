import Glibc

/// Why something on a host of the harness did not happen. Says what was waited for, and what was seen instead.
public struct HostFailure: Error, Sendable, CustomStringConvertible {
    /// The whole story, over several lines where there is output to show.
    public let description: String

    /// Tells this story.
    public init(_ description: String) { self.description = description }

    /// For a system call that failed.
    static func system(_ call: String, _ number: Int32) -> HostFailure {
        HostFailure("\(call): \(String(cString: strerror(number)))")
    }
}
