import Control
import Foundation
import Model

/// The trash for a person. The path stands last, and whole where no one reads it on a screen, so that it can be cut out.
enum TrashTable {
    static func lines(_ trash: [TrashLine], _ style: Style, now: Date) -> [String] {
        var table = Table(columns: [
            .init(title: "DELETED", rank: 2), .init(title: "BY", gives: 12, rank: 4),
            .init(title: "LEFT", isRightAligned: true, rank: 1), .init(title: "SIZE", isRightAligned: true, rank: 3),
            .init(title: "PATH", gives: 24),
        ])
        table.rows = trash.map { line in
            [
                .init(line.deleted.map { Quantity.ago($0, now: now) } ?? "-"),
                .init(line.by ?? (line.deleted == nil ? "-" : "another machine")),
                .init(left(line.daysLeft)), .init(Quantity.bytes(line.bytes)),
                .init(line.path.description + (line.form == .reduced ? " (reduced copy)" : "")),
            ]
        }
        return table.lines(style, indent: 0)
    }

    /// `3 images, 24.1 MB`.
    static func total(_ trash: [TrashLine]) -> String {
        "\(Quantity.count(trash.count, "image")), \(Quantity.bytes(trash.reduce(0) { $0 + $1.bytes }))"
    }

    private static func left(_ days: Int) -> String { days > 0 ? Quantity.count(days, "day") : "today" }
}
