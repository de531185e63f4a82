import Control
import Foundation
import Model

/// `status` for a person: the node, its library, its peers, the work, what is at risk, what is in the way.
struct StatusText {
    let report: StatusReport
    let style: Style
    let now: Date

    /// Problems shown at most; the rest is counted. A screen's worth is what a person can act on.
    private static let mostProblems = 8

    /// Seconds after which the last full re-reading is too long ago: one and a half rounds of 30 days.
    private static let lateRound: Double = 45 * 86_400

    /// The whole text, ended by a line's end.
    var text: String { lines.joined(separator: "\n") + "\n" }

    var lines: [String] { node + library + [""] + peers + [""] + work + safety + verified + problems }

    private func heading(_ word: String) -> String { style.paint(word.padded(to: 9), .heading) }

    private func section(_ word: String, _ sentences: [(String, Style.Paint?)]) -> [String] {
        let parts = sentences.flatMap { sentence in
            sentence.0.printable.wrapped(to: style.width - 9).map { style.paint($0, sentence.1) }
        }
        return parts.enumerated().map { index, part in
            (index == 0 ? heading(word) : String(repeating: " ", count: 9)) + part
        }
    }

    private var node: [String] {
        let node = report.node
        let keeps =
            switch node.keep {
            case .mains: "keeps mains"
            case .reduced: "keeps reduced copies"
            }
        let discovery =
            switch node.discovery {
            case .on: "mDNS on"
            case .waiting: "mDNS waiting for Avahi"
            case .off: "mDNS off"
            }
        return section(
            "Node",
            [
                ("\(node.name) (\(node.id.short)), \(keeps)", nil),
                (
                    "up \(Quantity.span(Double(node.uptimeSeconds))), port \(node.port), \(discovery), version \(node.version)",
                    .faint
                ),
            ])
    }

    private var library: [String] {
        let library = report.library
        let state: (String, Style.Paint?) =
            switch library.state {
            case .ok: ("", nil)
            case .paused: (" (paused)", .caution)
            case .missing: (" (not there: everything waits)", .bad)
            }
        var sentences: [(String, Style.Paint?)] = [(home(library.path) + state.0, state.1)]
        sentences.append((Quantity.count(library.images, "image") + " known", nil))
        if library.mains > 0 {
            sentences.append(
                ("\(Quantity.count(library.mains, "main")) here, \(Quantity.bytes(library.mainBytes))", nil))
        }
        if library.reduced > 0 {
            sentences.append(
                (
                    "\(Quantity.count(library.reduced, "reduced copy", "reduced copies")) here, "
                        + "\(Quantity.bytes(library.reducedBytes)), for \(Quantity.bytes(library.elsewhereBytes)) of mains elsewhere",
                    nil
                ))
        }
        if library.missing > 0 { sentences.append(("\(Quantity.count(library.missing)) not here yet", .caution)) }
        if let leftAlone = library.leftAlone, let text = Self.text(leftAlone) { sentences.append((text, .faint)) }
        return section("Library", sentences) + limit + section("", aside)
    }

    /// `left alone: 3 hidden, 1 link`; nil where nothing was.
    private static func text(_ leftAlone: LeftAlone) -> String? {
        let kinds = [
            (leftAlone.hidden, "hidden", "hidden"), (leftAlone.ignored, "ignored by name", "ignored by name"),
            (leftAlone.unfinished, "unfinished", "unfinished"),
            (leftAlone.runnable, "program or page", "programs or pages"), (leftAlone.empty, "empty", "empty"),
            (leftAlone.links, "link", "links"), (leftAlone.unnameable, "unreadable name", "unreadable names"),
            (leftAlone.special, "special file or other disk", "special files or other disks"),
        ]
        let parts = kinds.filter { $0.0 > 0 }.map { Quantity.count($0.0, $0.1, $0.2) }
        return parts.isEmpty ? nil : "left alone: " + parts.joined(separator: ", ")
    }

    /// `limit 50.0 GB  ████████░░░░  68% used`.
    private var limit: [String] {
        guard let limit = report.library.limit, limit > 0 else { return [] }
        let used = report.library.usedBytes
        let share = Double(used) / Double(limit)
        let start = String(repeating: " ", count: 9) + "limit \(Quantity.bytes(limit))  "
        let isOver = used > limit
        let end =
            isOver
            ? "\(Quantity.bytes(used - limit)) over it" : "\(Quantity.percent(share, of: 1) ?? "0%") used"
        let room = style.width - start.columns - end.columns - 2
        let bar = style.isTerminal && room >= 6 ? ProgressText.bar(share, width: min(room, 20), style) + "  " : ""
        return [start + bar + style.paint(end, isOver ? .caution : nil)]
    }

    /// What takes room in the library without being seen.
    private var aside: [(String, Style.Paint?)] {
        let library = report.library
        var parts = [String]()
        if library.trashImages > 0 {
            parts.append(
                "\(Quantity.count(library.trashImages, "image")) in the trash, \(Quantity.bytes(library.trashBytes))")
        }
        if library.versionsBytes > 0 { parts.append("earlier versions, \(Quantity.bytes(library.versionsBytes))") }
        return parts.map { ($0, nil) }
    }

    private func home(_ path: String) -> String {
        let home = Environment.home
        return path.hasPrefix(home + "/") ? "~" + path.dropFirst(home.count) : path
    }

    private var peers: [String] {
        guard !report.peers.isEmpty else {
            return section(
                "Peers",
                [
                    ("none yet: run 'syncctl pair' here and on another machine,", nil),
                    ("or 'syncctl invite' here and 'syncctl join LINE' there.", nil),
                ])
        }
        return [style.paint("Peers", .heading)] + PeerTable.lines(report.peers, style, now: now)
    }

    private var work: [String] {
        let work = report.work
        var parts = [String]()
        if work.running > 0 { parts.append("\(Quantity.count(work.running)) running") }
        if work.pending > 0 { parts.append("\(Quantity.count(work.pending)) waiting") }
        if work.failed > 0 { parts.append("\(Quantity.count(work.failed)) failed, to be tried again") }
        if work.edits > 0 { parts.append("\(Quantity.count(work.edits, "edit")) to be run, see 'syncctl edit --list'") }
        let isIdle = parts.isEmpty && work.progress.isEmpty
        let summary = isIdle ? "nothing to do" : parts.isEmpty ? "under way" : parts.joined(separator: ", ")
        return section("Work", [(summary, work.failed > 0 ? .caution : isIdle ? .good : nil)])
            + work.progress.map { ProgressText.line($0, style) }
    }

    private var safety: [String] {
        var sentences = [(String, Style.Paint?)]()
        if report.safety.atRisk > 0 {
            sentences.append(
                (
                    "\(Quantity.count(report.safety.atRisk, "main")) on fewer machines than copies.target asks for: let another "
                        + "machine keep mains (syncd --keep mains).", .caution
                ))
        }
        if report.safety.damaged > 0 {
            sentences.append(
                (
                    "\(Quantity.count(report.safety.damaged, "main")) damaged, set aside in .mainstay/damaged and "
                        + "got anew from a peer that has it.", .bad
                ))
        }
        if let paused = report.safety.paused { sentences.append((paused, .bad)) }
        return sentences.isEmpty ? section("Safety", [("nothing at risk", .good)]) : section("At risk", sentences)
    }

    /// When every main here was last re-read, and how far the running round is.
    private var verified: [String] {
        let safety = report.safety
        guard report.library.mains > 0 || safety.lastVerified != nil || safety.verifyDone != nil else { return [] }
        var sentences = [(String, Style.Paint?)]()
        switch (safety.lastVerified, safety.verifyDone) {
        case (let date?, _):
            let isLate = now.timeIntervalSince(date) > Self.lateRound
            sentences.append(("every main here, \(Quantity.ago(date, now: now))", isLate ? .caution : .good))
        case (nil, nil): sentences.append(("never yet: 'syncctl verify --all' re-reads every main", nil))
        case (nil, _?): sentences.append(("never yet", nil))
        }
        if let done = safety.verifyDone {
            let total = safety.verifyTotal.map { " of \(Quantity.count($0))" } ?? ""
            let share = safety.verifyTotal.flatMap { Quantity.percent(Double(done), of: Double($0)) }
            sentences.append(
                ("this round: \(Quantity.count(done))\(total) re-read" + (share.map { ", \($0)" } ?? ""), nil))
        }
        return section("Verified", sentences)
    }

    private var problems: [String] {
        guard !report.problems.isEmpty else { return [] }
        var lines = ["", style.paint("Problems", .heading)]
        for problem in report.problems.prefix(Self.mostProblems) {
            lines.append("  " + style.paint(problem.subject.printable.shortened(to: style.width - 2), .caution))
            var sentence = problem.reason.printable
            if let next = problem.nextTry { sentence += " Tried again \(Quantity.until(next, now: now))." }
            lines += sentence.wrapped(to: style.width - 4).map { "    " + $0 }
        }
        let rest = report.problems.count - Self.mostProblems
        if rest > 0 { lines.append("  and \(Quantity.count(rest)) more: syncctl status --json lists them") }
        return lines
    }
}
