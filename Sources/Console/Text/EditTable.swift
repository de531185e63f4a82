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
                let texts = style.isTerminal ? row.text.wrapped(to: max(leastText, room - path)) : [row.text]
                return texts.enumerated().map { index, text in
                    (index == 0 ? row.path.shortened(to: path).padded(to: path) + "  " : indent)
                        + style.paint(text, row.paint)
                }
            }
    }

    private static let headings = ["STATE  ", "SAID      ", "AT          "]

    /// The head of a listing.
    static func head(_ style: Style) -> String { style.paint(headings.joined(separator: "  ") + "  PATH", .faint) }

    /// An edit of a listing. The path stands whole, so that it can be of any length and be cut out.
    static func listed(_ edit: EditLine, _ style: Style, now: Date) -> [String] {
        let fields = [
            style.paint(edit.state.rawValue.padded(to: 7), edit.state.paint),
            (edit.at.map { Quantity.ago($0, now: now) } ?? "-").padded(to: 10),
            (edit.by ?? "-").printable.shortened(to: 12).padded(to: 12),
            edit.path.description.printable,
        ]
        var parts = edit.look.map { [LookText.words($0)] } ?? []
        switch edit.state {
        case .made, .waiting, .running: parts.append(EditText.state(edit, "the full picture").printable)
        case .undone, .failed, .skipped, .unknown: if let reason = edit.reason { parts.append(reason.printable) }
        }
        let first = fields.joined(separator: "  ")
        if !style.isTerminal { return [([first] + parts).joined(separator: "  ")] }
        return [first]
            + parts.joined(separator: "; ").wrapped(to: style.width - 9)
            .map { String(repeating: " ", count: 9) + style.paint($0, .faint) }
    }
}
