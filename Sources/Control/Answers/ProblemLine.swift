public import Foundation

/// Something that stands in the way of one item, while everything else goes on (safety rule S9).
public struct ProblemLine: Hashable, Sendable, Codable {
    /// What it concerns: a path, a peer's name, `mDNS`, `disk`.
    public var subject: String
    /// One sentence: what is wrong, and what to do about it.
    public var reason: String
    /// When it began.
    public var since: Date
    /// When it is tried again; nil when it waits for a person or for a change.
    public var nextTry: Date?

    /// One with these values.
    public init(subject: String, reason: String, since: Date, nextTry: Date? = nil) {
        self.subject = subject
        self.reason = reason
        self.since = since
        self.nextTry = nextTry
    }
}
