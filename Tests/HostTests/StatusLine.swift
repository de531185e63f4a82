/// What the tests read of `syncctl status --json`: names as the contract has them, nothing else assumed.
struct StatusLine: Decodable, Sendable {
    struct Node: Decodable, Sendable {
        var id: String
        var name: String
    }

    struct Library: Decodable, Sendable {
        var state: String
        var images: Int
        var mains: Int
        var reduced: Int
        var missing: Int
        var mainBytes: Int64
        var reducedBytes: Int64
        var elsewhereBytes: Int64
        var trashImages: Int
        var versionsBytes: Int
    }

    struct Peer: Decodable, Sendable {
        var id: String
        var name: String
        var state: String
        var images: Int
        var inSync: Bool
        var refused: Int
        var problem: String?
    }

    struct Work: Decodable, Sendable {
        var pending: Int
        var running: Int
        var failed: Int
    }

    struct Safety: Decodable, Sendable {
        var atRisk: Int
        var damaged: Int
        var paused: String?
    }

    struct Problem: Decodable, Sendable {
        var subject: String
        var reason: String
    }

    var node: Node
    var library: Library
    var peers: [Peer]
    var work: Work
    var safety: Safety
    var problems: [Problem]

    /// Whether it has heard all that each of `count` peers has to tell, and has nothing left to do.
    func isSettled(peers count: Int) -> Bool {
        peers.count == count && peers.allSatisfy { $0.state == "connected" && $0.inSync }
            && work.pending + work.running + work.failed == 0
    }

    /// Whether it knows the peer of that name to be away.
    func isOffline(_ name: String) -> Bool { peers.contains { $0.name == name && $0.state == "offline" } }

    /// Whether the node holds `mains` mains and `reduced` reduced copies, misses nothing, and has heard all that its
    /// peers have to tell.
    func isConverged(mains: Int, reduced: Int) -> Bool {
        library.mains == mains && library.reduced == reduced && library.images == mains + reduced
            && library.missing == 0 && !peers.isEmpty && peers.allSatisfy { $0.inSync }
    }
}

/// A line of `syncctl nearby --json`.
struct NearbyLine: Decodable, Sendable {
    var id: String
    var name: String
    var addresses: [String]
    var paired: Bool
}

/// A line of `syncctl peers --json`.
struct PeerLine: Decodable, Sendable {
    var id: String
    var name: String
}

/// What `syncctl invite --json` prints.
struct InviteLine: Decodable, Sendable {
    var invite: String
}
