import Control
import Foundation

/// The peers as a table, for `peers` and `status`.
enum PeerTable {
    /// A connected peer answers whenever it is asked, however long ago that was.
    private static func seen(_ peer: PeerLine, _ now: Date) -> String {
        if peer.state == .connected { return "now" }
        return peer.lastSeen.map { Quantity.ago($0, now: now) } ?? "never"
    }

    static func lines(_ peers: [PeerLine], _ style: Style, now: Date) -> [String] {
        var table = Table(columns: [
            .init(title: "NAME", gives: true), .init(title: "STATE"), .init(title: "IMAGES", isRightAligned: true),
            .init(title: "IN SYNC"), .init(title: "SEEN"), .init(title: "ADDRESS", gives: true),
        ])
        table.rows = peers.map { peer in
            [
                .init(peer.name), .init(peer.state.rawValue, peer.state == .connected ? .good : .faint),
                .init(Quantity.count(peer.images)), .init(peer.inSync ? "yes" : "no", peer.inSync ? .good : .caution),
                .init(seen(peer, now)), .init(peer.address ?? "-"),
            ]
        }
        var lines = table.lines(style)
        for peer in peers {
            if let problem = peer.problem {
                lines += "\(peer.name): \(problem)".printable.wrapped(to: style.width - 4)
                    .map { "    " + style.paint($0, .caution) }
            }
            if peer.refused > 0 {
                lines +=
                    "\(peer.name): \(Quantity.count(peer.refused, "record")) refused as malformed; see the agent's log."
                    .printable.wrapped(to: style.width - 4).map { "    " + style.paint($0, .caution) }
            }
        }
        return lines
    }
}
