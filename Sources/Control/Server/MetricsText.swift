import Foundation
import Model

/// The status as figures for programs that watch machines: the text format of Prometheus, version 0.0.4.
///
/// Figures that a label tells apart stand under one name, so that they can be added up. No file has its name in here.
struct MetricsText {
    private(set) var text = ""

    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    init(_ status: StatusReport) {
        let (node, library, safety) = (status.node, status.library, status.safety)
        add(
            "info", "The running agent.",
            [(["version": node.version, "name": node.name, "keep": node.keep.rawValue], 1)])
        add("uptime_seconds", "Seconds since the agent started.", [([:], Double(node.uptimeSeconds))])
        add(
            "library_available", "1 where the library can be worked on, 0 where it waits.",
            [([:], library.state == .ok ? 1 : 0)])
        add(
            "images", "Images known here, by the form in which they are here.",
            [
                (["form": "main"], Double(library.mains)), (["form": "reduced"], Double(library.reduced)),
                (["form": "none"], Double(library.missing)),
            ])
        add(
            "library_bytes", "Bytes that the library takes up, by what they are.",
            [
                (["of": "mains"], Double(library.mainBytes)), (["of": "reduced"], Double(library.reducedBytes)),
                (["of": "trash"], Double(library.trashBytes)), (["of": "versions"], Double(library.versionsBytes)),
            ])
        if let limit = library.limit {
            add("library_limit_bytes", "Bytes that the library may take up.", [([:], Double(limit))])
        }
        add(
            "at_risk_images", "Images of which fewer mains are known than there should be.",
            [([:], Double(safety.atRisk))])
        add("damaged_images", "Mains that were set aside as damaged.", [([:], Double(safety.damaged))])
        add(
            "work_images", "Images that something is to be done for, by how that stands.",
            [
                (["state": "pending"], Double(status.work.pending)),
                (["state": "running"], Double(status.work.running)),
                (["state": "failed"], Double(status.work.failed)),
            ])
        add("pending_edits", "Edits that are still to be run, here or elsewhere.", [([:], Double(status.work.edits))])
        add("problems", "Problems that `syncctl status` shows.", [([:], Double(status.problems.count))])
        if status.peers.isEmpty { return }
        add("peer_connected", "1 where a peer answers.", status.peers) { $0.state == .connected ? 1 : 0 }
        add("peer_in_sync", "1 where this machine knows the peer's list as it is.", status.peers) { $0.inSync ? 1 : 0 }
        add("peer_images", "Images that a peer is known to have.", status.peers) { Double($0.images) }
        let seen = status.peers.filter { $0.lastSeen != nil }
        if seen.isEmpty { return }
        add("peer_last_seen_seconds", "When a peer last answered, in seconds since 1970.", seen) {
            ($0.lastSeen?.timeIntervalSince1970 ?? 0).rounded(.down)
        }
    }

    private mutating func add(_ name: String, _ help: String, _ peers: [PeerLine], _ value: (PeerLine) -> Double) {
        add(name, help, peers.map { (["peer": $0.name, "id": $0.id.description], value($0)) })
    }

    private mutating func add(_ name: String, _ help: String, _ values: [(labels: [String: String], value: Double)]) {
        text += "# HELP mainstay_\(name) \(help)\n# TYPE mainstay_\(name) gauge\n"
        for (labels, value) in values {
            let labels = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
            // Whole numbers all, and a double holds those exactly up to 2^53.
            text += "mainstay_\(name)\(labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}") \(Int64(value))\n"
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
