import Control
import Foundation

/// `why` of a folder, for a person.
struct FolderText {
    let report: FolderReport
    let style: Style
    let now: Date

    /// Steps and obstacles that are told one by one; a person reads no more of them.
    private static let most = 12

    var text: String { lines.joined(separator: "\n") + "\n" }

    private var lines: [String] {
        let name = report.path.isEmpty ? "The whole library" : report.path + "/"
        var lines = [style.paint(name.printable, .heading)]
        lines += style.part(
            "images", "\(Quantity.count(report.images)), their mains \(Quantity.bytes(report.mainBytes))")
        lines += style.part("here", here)
        let mains = report.holders.filter { $0.mains > 0 }.map { holder($0, $0.mains, "main") }
        lines += mains.isEmpty ? style.part("mains at", "nobody else") : parts("mains at", mains)
        let reduced = report.holders.filter { $0.reduced > 0 }
        lines += parts("reduced at", reduced.map { holder($0, $0.reduced, "reduced copy", "reduced copies") })
        if report.atRisk > 0 {
            let noun = report.target == 1 ? "main" : "mains"
            lines += style.part(
                "at risk",
                "\(Quantity.count(report.atRisk, "image")) of which fewer than \(report.target) \(noun) exist", .caution
            )
        }
        lines += parts("next", told(report.next.map { ($0.images, "\($0.what): \($0.reason)") }))
        let obstacles = report.obstacles.map {
            ($0.files, $0.files == 1 ? "\($0.example): \($0.reason)" : "\($0.reason) (\($0.example), for one)")
        }
        lines += parts("in the way", told(obstacles), .caution)
        return lines
    }

    private var here: String {
        var parts: [String] = []
        if report.mains.images > 0 {
            parts.append("\(Quantity.count(report.mains.images, "main")), \(Quantity.bytes(report.mains.bytes))")
        }
        if report.reduced.images > 0 {
            parts.append(
                "\(Quantity.count(report.reduced.images, "reduced copy", "reduced copies")), "
                    + Quantity.bytes(report.reduced.bytes))
        }
        if report.missing > 0 { parts.append("nothing of \(Quantity.count(report.missing, "image"))") }
        return parts.isEmpty ? "nothing" : parts.joined(separator: "; ")
    }

    private func holder(_ holder: FolderReport.Holder, _ count: Int, _ noun: String, _ nouns: String? = nil) -> String {
        let seen =
            holder.connected
            ? "connected" : holder.lastSeen.map { "last seen \(Quantity.ago($0, now: now))" } ?? "never seen"
        return "\(holder.name) (\(seen)): \(Quantity.count(count, noun, nouns))"
    }

    private func told(_ groups: [(count: Int, text: String)]) -> [String] {
        let rest = groups.dropFirst(Self.most)
        let more =
            "\(Quantity.count(rest.reduce(0) { $0 + $1.count })) more, for \(Quantity.count(rest.count, "other reason"))"
        return groups.prefix(Self.most).map { "\(Quantity.count($0.count)) × \($0.text)" }
            + (rest.isEmpty ? [] : [more])
    }

    private func parts(_ word: String, _ texts: [String], _ paint: Style.Paint? = nil) -> [String] {
        texts.enumerated().flatMap { index, text in style.part(index == 0 ? word : "", text, paint) }
    }
}
