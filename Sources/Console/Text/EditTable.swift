import Control
import Foundation
import Model

/// Several edits as a table.
enum EditTable {
    /// Rows alike that are shown at most on a screen; the rest is counted.
    private static let mostAlike = 20
    /// A text that is cut into narrower pieces than this cannot be read.
    private static let leastText = 24

    /// What has just been edited: the look where it is one for all, the images, and what comes of each.
    static func edited(_ edits: [EditLine], crop: EditCrop?, _ style: Style) -> [String] {
        let looks = Set(edits.compactMap { edit in edit.look.map { LookText.words($0, crop: crop) } })
        let common = looks.count == 1 ? looks.first : nil
        var alike: [[String]: Int] = [:]
        var rows: [(path: String, text: String, paint: Style.Paint?)] = []
        for edit in edits {
            let state = EditText.state(edit)
            let look = common == nil ? edit.look.map { LookText.words($0, crop: crop) + "; " } ?? "" : ""
            // What the rendition is called is of each image alone, and as good as that of the next.
            let key = [edit.state.rawValue, edit.holder ?? "", edit.reason ?? ""]
            alike[key, default: 0] += 1
            if style.isTerminal, alike[key, default: 0] > mostAlike { continue }
            rows.append((edit.path.description.printable, (look + state).printable, edit.state.paint))
        }
        var lines = common.map { style.paragraph($0).split(separator: "\n").map(String.init) + [""] } ?? []
        lines += table(rows, style)
        if rows.count < edits.count { lines.append("and \(Quantity.count(edits.count - rows.count)) more alike") }
        return lines
    }

    private static func table(
        _ rows: [(path: String, text: String, paint: Style.Paint?)], _ style: Style
    ) -> [String] {
        let longest = rows.map(\.path.columns).reduce("PATH".columns, max)
        let room = style.isTerminal ? style.width - 2 : Int.max
        let path = style.isTerminal ? min(longest, max(8, room - max(leastText, room / 2))) : longest
        let head = style.paint("PATH".padded(to: path) + "  FULL PICTURE", .faint)
        let indent = String(repeating: " ", count: path + 2)
        return [head]
            + rows.flatMap { row in
                let texts = style.isTerminal ? row.text.wrappedWhole(to: max(leastText, room - path)) : [row.text]
                return texts.enumerated().map { index, text in
                    (index == 0 ? row.path.shortened(to: path).padded(to: path) + "  " : indent)
                        + style.paint(text, row.paint)
                }
            }
    }

    /// A listing: a row for each edit, and below it what it does and what came of it. Those that were taken back are
    /// counted, unless `all` are wanted.
    static func listed(_ edits: [EditLine], all: Bool, _ style: Style, now: Date) -> [String] {
        let shown = all ? edits : edits.filter { $0.state != .undone }
        let undone = edits.count - shown.count
        var lines: [String] = []
        if !shown.isEmpty {
            var table = Table(columns: [
                .init(title: "PATH", gives: 20), .init(title: "STATE"), .init(title: "EDITED", rank: 2),
                .init(title: "ON", gives: 12, rank: 1),
            ])
            table.rows = shown.map { edit in
                [
                    .init(edit.path.description), .init(edit.state.rawValue, edit.state.paint),
                    .init(edit.at.map { Quantity.ago($0, now: now) } ?? "-"),
                    .init(edit.by ?? (edit.at == nil ? "-" : "another machine")),
                ]
            }
            let layout = table.layout(style, indent: 0)
            lines = [layout.head]
            for (edit, row) in zip(shown, table.rows) {
                let details = details(edit)
                if style.isTerminal {
                    lines.append(layout.line(row))
                    lines += details.flatMap { $0.wrappedWhole(to: style.width - 2) }.map {
                        "  " + style.paint($0, .faint)
                    }
                } else {
                    // One line, so that it can be searched; padded, so that what follows stands in line.
                    let last = row[3].text.padded(to: table.rows.map { $0[3].text.columns }.max() ?? 0)
                    lines.append(
                        ([layout.line(Array(row.dropLast()) + [.init(last)])] + details).joined(separator: "  "))
                }
            }
        }
        if undone > 0 { lines.append("\(Quantity.count(undone, "undone edit")) not shown: --all") }
        return lines
    }

    /// What an edit does, and what came of it.
    private static func details(_ edit: EditLine) -> [String] {
        let look = edit.look.map { LookText.words($0) }
        let end: String? =
            switch edit.state {
            case .made: edit.rendition.map { "→ \($0)" }
            case .waiting, .running: EditText.state(edit, "the full picture")
            case .undone, .failed, .skipped, .unknown: edit.reason
            }
        return [look, end].compactMap { $0?.printable }
    }
}
