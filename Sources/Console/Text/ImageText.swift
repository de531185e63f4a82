import Control
import Foundation
import Model

/// The images of `ls` for a person. The path stands last, and whole where no one reads it on a screen, so that it can be
/// cut out.
enum ImageText {
    /// Images after which the columns are settled: those of a folder, as good as always, and read in no time.
    static let sample = 500

    /// The columns for a list that begins with these images.
    ///
    /// - Parameter isAll: whether no others come behind them.
    static func layout(_ images: [ImageLine], _ style: Style, isAll: Bool = true) -> Table.Layout {
        var table = Table(columns: [
            .init(title: "FORM"), .init(title: "HERE", isRightAligned: true, rank: 3),
            .init(title: "MAIN", isRightAligned: true, rank: 4), .init(title: "TAKEN", rank: 6),
            .init(title: "LENGTH", isRightAligned: true, rank: 5), .init(title: "MAINS AT", gives: 12, rank: 2),
            .init(title: "WITH", gives: 4, rank: 1), .init(title: "PATH", gives: 24),
        ])
        // As wide as these ever are: what comes after the sample stands in line with it.
        let widest: [Table.Cell] = ["reduced", "99.9 MB", "99.9 MB", "2026-05-01", "", "", "", ""]
        table.rows = images.map(row) + [widest]
        // Of photos alone they would say nothing.
        if isAll, !images.contains(where: { $0.duration != nil }) { table.leftOut.insert(4) }
        if isAll, !images.contains(where: { $0.parts != nil }) { table.leftOut.insert(6) }
        return table.layout(style, indent: 0)
    }

    /// An image, with what belongs to it: the sizes are of all of them, and where the mains are, all are.
    static func row(_ image: ImageLine) -> [Table.Cell] {
        let parts = image.parts ?? []
        let isMixed = parts.contains { $0.kind != .sidecar && $0.form != image.form }
        let form: (String, Style.Paint?) =
            switch image.form {
            case _ where isMixed: ("mixed", .caution)
            case .main: ("main", .good)
            case .reduced: ("reduced", nil)
            case .none: ("none", .caution)
            }
        let here = parts.reduce(image.bytes) { $0 + $1.bytes }
        let holders = image.holders.filter { holder in parts.allSatisfy { $0.holders.contains(holder) } }
        return [
            .init(form.0, form.1), .init(here == 0 ? "-" : Quantity.bytes(here)),
            .init(Quantity.bytes(parts.reduce(image.mainBytes) { $0 + $1.mainBytes })),
            .init(image.captured.map { Quantity.day(Date(timeIntervalSince1970: TimeInterval($0))) } ?? "-"),
            .init(image.duration.map(Quantity.length) ?? "-"),
            .init(holders.isEmpty ? "-" : holders.joined(separator: ",")), .init(with(parts, of: image.path)),
            .init(image.path.description),
        ]
    }

    /// `MOV,AAE`: what the names of the parts have behind what they share with the image's; the name of one that shares less.
    private static func with(_ parts: [GroupPart], of path: RelativePath) -> String {
        let stem = path.name.prefix { $0 != "." } + "."
        return parts.map { part in
            let name = part.path.name
            return name.hasPrefix(stem) ? String(name.dropFirst(stem.count)) : name
        }.joined(separator: ",")
    }
}
