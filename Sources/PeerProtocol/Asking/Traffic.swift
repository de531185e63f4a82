import Synchronization

/// Counts the bytes that a client sent and received, by kind of request: HTTP's own, heads and bodies, without what
/// TLS and TCP add.
public final class Traffic: Sendable {
    /// The kinds of request.
    public enum Kind: String, Sendable, CaseIterable {
        case summary, poll, digests, records, reduced, mains, holds, pairing
    }

    /// Bytes and requests.
    public struct Count: Hashable, Sendable {
        public var requests = 0
        public var sent = 0
        public var received = 0
    }

    private let counts = Mutex<[Kind: Count]>([:])

    /// Nothing counted yet.
    public init() {}

    /// What was counted of `kind`.
    public subscript(kind: Kind) -> Count { counts.withLock { $0[kind] ?? Count() } }

    /// What was counted of all kinds together.
    public var total: Count {
        counts.withLock { counts in
            counts.values.reduce(into: Count()) {
                $0.requests += $1.requests
                $0.sent += $1.sent
                $0.received += $1.received
            }
        }
    }

    func add(_ kind: Kind, requests: Int = 0, sent: Int = 0, received: Int = 0) {
        counts.withLock {
            $0[kind, default: Count()].requests += requests
            $0[kind, default: Count()].sent += sent
            $0[kind, default: Count()].received += received
        }
    }
}
