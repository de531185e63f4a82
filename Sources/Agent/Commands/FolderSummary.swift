import Catalogue
import Control
import Foundation
import Model
import Planning

/// What `why` says of a folder, counted image by image.
struct FolderSummary {
    private struct Wish: Hashable {
        var what: String
        var reason: String
    }

    private(set) var report: FolderReport
    private var wishes: [Wish: Int] = [:]
    private var holdings: [NodeID: (mains: Int, reduced: Int)] = [:]
    private var seen: Set<ImageID> = []

    /// Peers whose mains do not count as existing.
    private let silent: Set<NodeID>

    init(path: String, target: Int, silent: Set<NodeID>) {
        (report, self.silent) = (FolderReport(path: path, target: target), silent)
    }

    /// Those of `images` that were not counted yet; an image may stand at several paths.
    mutating func new(_ images: [ImageID]) -> [ImageID] { images.filter { seen.insert($0).inserted } }

    /// Counts one image. What is done next is told without the path, so that equal steps are counted together.
    mutating func add(_ situation: Situation, _ decision: Decision, from sources: String, eviction: String?) {
        report.images += 1
        report.mainBytes += (situation.own.first?.info ?? situation.claims.first?.info)?.mainBytes ?? 0
        if let main = situation.main {
            report.mains.images += 1
            report.mains.bytes += main.info.bytes
        } else if let reduced = situation.own.first {
            report.reduced.images += 1
            report.reduced.bytes += reduced.info.bytes
        } else {
            report.missing += 1
        }
        if situation.mains(besides: silent) < report.target { report.atRisk += 1 }
        // A peer may have several files of one image.
        for (peer, claims) in Dictionary(grouping: situation.claims, by: \.peer) {
            let isMain = claims.contains { $0.info.form == .main }
            holdings[peer, default: (0, 0)].mains += isMain ? 1 : 0
            holdings[peer, default: (0, 0)].reduced += isMain ? 0 : 1
        }
        let what =
            switch decision {
            case .get: "\(decision.what) from \(sources)"
            case .move: "move the file"
            case .copy: "copy the file"
            case .dropCopy: "remove the copy"
            case .putBack: "put the file back from the trash"
            default: decision.what
            }
        let reason = decision.why + (eviction.map { "; \($0)" } ?? "")
        wishes[Wish(what: what, reason: reason), default: 0] += 1
    }

    /// The whole, with the peers as they are now and what is in the way.
    consuming func finished(peers: TrustedPeers, problems: [ProblemLine]) -> FolderReport {
        report.next = wishes.map { FolderReport.Step(what: $0.what, reason: $0.reason, images: $1) }
            .sorted { ($1.images, $0.what, $0.reason) < ($0.images, $1.what, $1.reason) }
        for (id, held) in holdings {
            guard let peer = peers[id] else { continue }
            report.holders.append(
                FolderReport.Holder(
                    id: id, name: peer.row.name, connected: peer.link.isConnected,
                    lastSeen: peer.link.seen.map { Date(timeIntervalSince1970: TimeInterval($0)) }, mains: held.mains,
                    reduced: held.reduced))
        }
        report.holders.sort { ($0.name, $0.id.description) < ($1.name, $1.id.description) }
        let folder = report.path
        let inside = problems.filter { (try? RelativePath($0.subject))?.isWithin(folder) == true }
        report.obstacles = Dictionary(grouping: inside, by: \.reason).map { reason, lines in
            FolderReport.Obstacle(reason: reason, files: lines.count, example: lines.map(\.subject).min() ?? "")
        }.sorted { ($1.files, $0.reason) < ($0.files, $1.reason) }
        return report
    }
}
