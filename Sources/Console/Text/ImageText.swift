import Control
import Foundation
import Model

/// The images of `ls` for a person. The path stands last, and whole where no one reads it on a screen, so that it can be
/// cut out.
enum ImageText {
    /// Images after which the columns are settled: those of a folder, as good as always, and read in no time.
    static let sample = 500

    /// The columns for a list that begins with these images.
    static func layout(_ images: [ImageLine], _ style: Style) -> Table.Layout {
        var table = Table(columns: [
            .init(title: "FORM"), .init(title: "HERE", isRightAligned: true, rank: 2),
            .init(title: "MAIN", isRightAligned: true, rank: 3), .init(title: "TAKEN", rank: 5),
            .init(title: "LENGTH", isRightAligned: true, rank: 4),
            .init(title: "MAINS AT", gives: 12, rank: 1), .init(title: "PATH", gives: 24),
        ])
        // As wide as these ever are: what comes after the sample stands in line with it.
        let widest: [Table.Cell] = ["reduced", "99.9 MB", "99.9 MB", "2026-05-01", "", "", ""]
        table.rows = images.map(row) + [widest]
        // A library of photos alone has no use for it.
        if !images.contains(where: { $0.duration != nil }) { table.leftOut = 4 }
        return table.layout(style, indent: 0)
    }

    static func row(_ image: ImageLine) -> [Table.Cell] {
        let form: (String, Style.Paint?) =
            switch image.form {
            case .main: ("main", .good)
            case .reduced: ("reduced", nil)
            case .none: ("none", .caution)
            }
        return [
            .init(form.0, form.1), .init(image.form == .none ? "-" : Quantity.bytes(image.bytes)),
            .init(Quantity.bytes(image.mainBytes)),
            .init(image.captured.map { Quantity.day(Date(timeIntervalSince1970: TimeInterval($0))) } ?? "-"),
            .init(image.duration.map(Quantity.length) ?? "-"),
            .init(image.holders.isEmpty ? "-" : image.holders.joined(separator: ",")),
            .init(image.path.description),
        ]
    }
}
