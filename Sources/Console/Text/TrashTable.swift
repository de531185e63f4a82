import Control
import Foundation
import Model

/// The trash for a person. The path stands last and whole, so that it can be of any length and be cut out.
enum TrashTable {
    static func lines(_ trash: [TrashLine], _ style: Style, now: Date) -> [String] {
        let rows = trash.map { line in
            [
                line.deleted.map { Quantity.ago($0, now: now) } ?? "-", (line.by ?? "-").printable.shortened(to: 14),
                left(line.daysLeft), Quantity.bytes(line.bytes),
            ]
        }
        let titles = ["DELETED", "BY", "LEFT", "SIZE"]
        let widths = titles.indices.map { column in
            ([titles[column]] + rows.map { $0[column] }).map(\.columns).max() ?? 0
        }
        func joined(_ cells: [String]) -> String {
            cells.indices.map { cells[$0].padded(to: widths[$0], rightAligned: $0 > 1) }.joined(separator: "  ")
        }
        return [style.paint(joined(titles) + "  PATH", .faint)]
            + zip(trash, rows).map { line, cells in
                joined(cells) + "  " + line.path.description.printable
                    + (line.form == .reduced ? style.paint(" (reduced copy)", .faint) : "")
            }
    }

    /// `3 images, 24.1 MB`.
    static func total(_ trash: [TrashLine]) -> String {
        "\(Quantity.count(trash.count, "image")), \(Quantity.bytes(trash.reduce(0) { $0 + $1.bytes }))"
    }

    private static func left(_ days: Int) -> String { days > 0 ? Quantity.count(days, "day") : "today" }
}
