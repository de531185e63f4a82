public import Model

/// The invitations that are open at a host. Pure: time is passed in.
public struct InvitationBook: Sendable {
    private struct Entry: Sendable {
        let secret: InvitationSecret
        let closes: ContinuousClock.Instant
        let standing: PeerStanding?
        var guest: NodeID?
    }

    /// Invitations open at once; the oldest makes room.
    public static let most = 8

    private var entries: [Entry] = []

    /// No invitations.
    public init() {}

    /// Opens an invitation for ``Invitation/lifetime``.
    ///
    /// - Parameter standing: what the person says that the machine which comes may; nil where nobody says anything.
    public mutating func open(
        at now: ContinuousClock.Instant, as standing: PeerStanding? = nil
    ) -> InvitationSecret {
        entries.removeAll { $0.closes <= now }
        if entries.count >= Self.most { entries.removeFirst() }
        let secret = InvitationSecret.random()
        entries.append(Entry(secret: secret, closes: now + Invitation.lifetime, standing: standing))
        return secret
    }

    /// Uses up the invitation of `secret` for `guest`.
    ///
    /// An invitation serves one node. That same node may show it again while it lives, and is answered the same: its
    /// first answer may have been lost. Every open secret is compared, in constant time.
    ///
    /// - Returns: what the person said that it may, when the invitation was made.
    @discardableResult
    public mutating func accept(
        _ secret: InvitationSecret, from guest: NodeID, at now: ContinuousClock.Instant
    ) throws(PairingError) -> PeerStanding? {
        entries.removeAll { $0.closes <= now }
        var found: Int?
        for index in entries.indices where entries[index].secret == secret { found = index }
        guard let found, entries[found].guest == nil || entries[found].guest == guest else {
            throw PairingError(.unknownInvitation)
        }
        entries[found].guest = guest
        return entries[found].standing
    }

    /// Closes the invitations that this guest came by.
    public mutating func close(for guest: NodeID) { entries.removeAll { $0.guest == guest } }
}
