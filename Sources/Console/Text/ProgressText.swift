import Control
import Foundation

/// One line on how far an activity is: `getting from laptop  ██████░░░░  62%  312/500  18.3 MB/s  45 s left`.
enum ProgressText {
    static func line(_ progress: ActivityProgress, _ style: Style, indent: Int = 2) -> String {
        let start = String(repeating: " ", count: indent)
        let facts = facts(progress)
        let whole = start + ([label(progress)] + facts.map(\.text)).joined(separator: "  ")
        guard style.isTerminal else { return whole }
        let room = style.width - whole.columns - 2
        if let share = share(progress), room >= 6 {
            let bar = bar(share, width: min(room, 24), style)
            return start + ([label(progress), bar] + facts.map(\.text)).joined(separator: "  ")
        }
        if whole.columns <= style.width { return whole }
        // What is needed least goes first, and last the name of the peer.
        var kept = facts
        while let least = kept.indices.max(by: { kept[$0].rank < kept[$1].rank }) {
            kept.remove(at: least)
            let line = start + ([label(progress)] + kept.map(\.text)).joined(separator: "  ")
            if line.columns <= style.width { return line }
        }
        var alone = progress
        alone.peer = nil
        return (start + label(alone)).clipped(to: style.width)
    }

    /// What is being done and how far it is, without a bar, a rate and a time: `evicting  99%  1,980/2,000`.
    static func short(_ progress: ActivityProgress) -> String {
        ([label(progress)] + facts(progress).filter { $0.rank < 3 }.map(\.text)).joined(separator: "  ")
    }

    /// The figures, those with the highest rank needed least.
    private static func facts(_ progress: ActivityProgress) -> [(text: String, rank: Int)] {
        var facts: [(text: String, rank: Int)] = []
        if let percent = share(progress).flatMap({ Quantity.percent($0, of: 1) }) {
            facts.append((percent.padded(to: 4, rightAligned: true), 0))
        }
        if progress.phase == .exporting {
            let done = Quantity.bytes(progress.bytesDone)
            facts.append((progress.bytesTotal.map { "\(done) of \(Quantity.bytes($0))" } ?? done, 2))
        } else {
            let done = Quantity.count(progress.done)
            facts.append((progress.total.map { "\(done)/\(Quantity.count($0))" } ?? done, 2))
        }
        if let rate = progress.bytesPerSecond, rate >= 1 {
            facts.append(("\(Quantity.bytes(Int64(rate)))/s", 4))
        } else if let rate = progress.perSecond, rate >= 0.05 {
            facts.append((rate < 9.95 ? String(format: "%.1f/s", rate) : "\(Quantity.count(Int(rate)))/s", 4))
        }
        if let left = progress.secondsLeft { facts.append(("\(Quantity.span(left.rounded(.up))) left", 3)) }
        return facts
    }

    /// A bar of `width` columns.
    static func bar(_ share: Double, width: Int, _ style: Style) -> String {
        let full = Int((min(1, max(0, share)) * Double(width)).rounded(.down))
        return style.paint(String(repeating: "█", count: full), .good)
            + style.paint(String(repeating: "░", count: width - full), .faint)
    }

    private static func label(_ progress: ActivityProgress) -> String {
        let peer = progress.peer?.printable.shortened(to: 20)
        switch progress.phase {
        case .scanning: return "looking at the library"
        case .reading: return "reading new files"
        case .comparing: return "comparing" + (peer.map { " with \($0)" } ?? "")
        case .getting: return "getting" + (peer.map { " from \($0)" } ?? "")
        case .making: return "making" + (peer.map { " for \($0)" } ?? "")
        case .evicting: return "evicting"
        case .verifying: return "verifying"
        case .fetching: return "fetching" + (peer.map { " from \($0)" } ?? "")
        case .deleting: return "deleting"
        case .previewing: return "making previews"
        case .rendering: return "making the full pictures" + (peer.map { " on \($0)" } ?? "")
        case .exporting: return "exporting" + (peer.map { " from \($0)" } ?? "")
        }
    }

    /// The part that is done, from 0 to 1: by bytes where they are known, else by images. Evicting ends when so many bytes
    /// are free or all images were looked at, whichever comes first.
    private static func share(_ progress: ActivityProgress) -> Double? {
        let bytes = progress.bytesTotal.flatMap { total in
            total > 0 ? min(1, Double(progress.bytesDone) / Double(total)) : nil
        }
        let images = progress.total.flatMap { total in
            total > 0 ? min(1, Double(progress.done) / Double(total)) : nil
        }
        return progress.phase == .evicting ? [bytes, images].compactMap { $0 }.max() : bytes ?? images
    }
}
