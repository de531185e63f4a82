/// Why a pairing did not come about.
public struct PairingError: Error, Hashable, CustomStringConvertible {
    /// The kinds of fault.
    public enum Code: String, Sendable, CaseIterable {
        /// More than two minutes passed.
        case expired
        /// A message that does not belong here: repeated, left out, or after the end.
        case outOfOrder
        /// The nonce is not the one that was committed to: somebody may be in the middle.
        case commitmentMismatch
        /// The other side has this node's own key.
        case ownCertificate
        /// The person here said no.
        case refusedHere
        /// The person at the other machine said no, or left.
        case refusedThere
        /// Another attempt is under way.
        case busy
        /// An attempt failed a moment ago.
        case tooSoon
        /// No person is waiting to pair at the machine that was asked.
        case nobodyWaiting
        /// No invitation with that secret is open.
        case unknownInvitation
        /// The machine at the address is not the one that the invitation names.
        case wrongMachine
        /// The message cannot be read.
        case malformed
        /// No address of the other machine answers.
        case unreachable
        /// The outcome could not be stored.
        case notStored
    }

    /// The kind of fault.
    public let code: Code
    /// One sentence: the fault and its remedy.
    public let message: String
    /// When trying again is worth while, for `busy` and `tooSoon`.
    public let retryAfter: Duration?

    public init(_ code: Code, _ message: String? = nil, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message ?? code.message
        self.retryAfter = retryAfter
    }

    public var description: String { message }

    /// Whether the same may succeed a little later without anything being changed.
    public var isRetryable: Bool { code == .busy || code == .tooSoon }
}

extension PairingError.Code {
    var message: String {
        switch self {
        case .expired: "the two minutes for pairing are over: run `syncctl pair` again on both machines"
        case .outOfOrder: "the other machine's messages came out of order: run `syncctl pair` again on both machines"
        case .commitmentMismatch:
            "the other machine did not keep to its first message, as if somebody sat in between: check the network, then run `syncctl pair` again"
        case .ownCertificate: "that is this machine itself: name the other one"
        case .refusedHere: "the digits were not confirmed here: nothing was paired"
        case .refusedThere: "the digits were not confirmed at the other machine: nothing was paired"
        case .busy: "another pairing is under way at the other machine: try again in two minutes"
        case .tooSoon: "a pairing failed a moment ago: wait a little and try again"
        case .nobodyWaiting: "nobody is waiting to pair at the other machine: run `syncctl pair` there"
        case .unknownInvitation: "the invitation is used up, too old or mistyped: run `syncctl invite` again"
        case .wrongMachine:
            "the machine at that address is not the one that invited: check the address and invite again"
        case .malformed:
            "the other machine sent something that is no pairing message: check that both run the same version"
        case .unreachable: "the other machine does not answer: check that it runs, and that both are on one network"
        case .notStored: "the pairing could not be stored: check the disk of the state folder and pair again"
        }
    }
}
