import Control

/// One line on how far an activity is: `getting from laptop  ██████░░░░  62%  312/500  18.3 MB/s  45 s left`.
enum ProgressText {
    static func line(_ progress: ActivityProgress, _ style: Style, indent: Int = 2) -> String {
        let label = label(progress)
        var facts = [String]()
        if let percent = share(progress).flatMap({ Quantity.percent($0, of: 1) }) {
            facts.append(percent.padded(to: 4, rightAligned: true))
        }
        if progress.phase == .exporting {
            let done = Quantity.bytes(progress.bytesDone)
            facts.append(progress.bytesTotal.map { "\(done) of \(Quantity.bytes($0))" } ?? done)
        } else {
            let done = Quantity.count(progress.done)
            facts.append(progress.total.map { "\(done)/\(Quantity.count($0))" } ?? done)
        }
        if let rate = progress.bytesPerSecond, rate >= 1 { facts.append("\(Quantity.bytes(Int64(rate)))/s") }
        if let left = progress.secondsLeft { facts.append("\(Quantity.span(left.rounded(.up))) left") }
        let end = facts.joined(separator: "  ")
        let start = String(repeating: " ", count: indent)
        let room = style.width - indent - label.columns - end.columns - 4
        guard style.isTerminal, let share = share(progress), room >= 6 else {
            return (start + label + "  " + end).shortened(to: style.width)
        }
        return start + label + "  " + bar(share, width: min(room, 24), style) + "  " + end
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

    /// The part that is done, from 0 to 1: by bytes where they are known, else by images.
    private static func share(_ progress: ActivityProgress) -> Double? {
        if let total = progress.bytesTotal, total > 0 { return min(1, Double(progress.bytesDone) / Double(total)) }
        if let total = progress.total, total > 0 { return min(1, Double(progress.done) / Double(total)) }
        return nil
    }
}
