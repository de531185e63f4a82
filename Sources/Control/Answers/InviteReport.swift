public import Foundation

/// An invitation for one other node, for one use.
public struct InviteReport: Hashable, Sendable, Codable {
    /// The line, `mainstay://HOST:PORT/NODEID#SECRET`.
    public var invite: String
    /// When it stops working.
    public var expires: Date

    /// One with these values.
    public init(invite: String, expires: Date) {
        self.invite = invite
        self.expires = expires
    }
}
