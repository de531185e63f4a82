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
            .init(title: "NAME", gives: 16), .init(title: "STATE"),
            .init(title: "IMAGES", isRightAligned: true, rank: 3), .init(title: "IN SYNC", rank: 1),
            .init(title: "SEEN", rank: 2), .init(title: "MAY", gives: 8, rank: 3),
            .init(title: "ADDRESS", gives: 18, rank: 4),
        ])
        table.rows = peers.map { peer in
            [
                .init(peer.name), .init(peer.state.rawValue, peer.state == .connected ? .good : .faint),
                .init(Quantity.count(peer.images)), .init(peer.inSync ? "yes" : "no", peer.inSync ? .good : .caution),
                .init(seen(peer, now)), .init(RightsText.name(peer.rights)), .init(peer.address ?? "-"),
            ]
        }
        table.tellApart(peers.map { ($0.name, $0.id) })
        var lines = table.lines(style)
        for peer in peers {
            if let problem = peer.problem {
                let subject = problem.contains(peer.name) ? "" : "\(peer.name): "
                lines += (subject + problem).printable.wrapped(to: style.width - 4)
                    .map { "    " + style.paint($0, .caution) }
            }
            if peer.asks {
                lines += RightsText.question(peer.name.printable).wrapped(to: style.width - 4)
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
