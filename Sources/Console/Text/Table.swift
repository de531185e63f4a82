/// Rows in columns that align by display width, as many columns as fit.
///
/// On a terminal that is too narrow, columns that give way are shortened to what still tells names apart, and then
/// columns are left out, those first that are needed least. A word is never broken. Elsewhere everything is whole.
struct Table {
    struct Column {
        var title: String
        var isRightAligned = false
        /// Where it gives way: it is shortened in the middle when the table does not fit, at first to so many columns.
        var gives: Int?
        /// Columns with a higher rank are left out first; one of rank 0 is always there.
        var rank = 0
    }

    struct Cell: ExpressibleByStringInterpolation {
        var text: String
        var paint: Style.Paint?

        init(_ text: String, _ paint: Style.Paint? = nil) {
            self.text = text.printable
            self.paint = paint
        }

        init(stringLiteral value: String) { self.init(value) }
    }

    /// What the columns take, for rows that come one after the other.
    struct Layout {
        fileprivate var columns: [Column]
        fileprivate var style: Style
        fileprivate var indent: Int
        /// The places of the columns that are there, each with its width.
        fileprivate var kept: [(place: Int, width: Int)]

        /// The titles.
        var head: String { line(columns.map { Cell($0.title, .faint) }) }

        /// A row, as long as the terminal is wide at most. The last column is not filled up.
        func line(_ row: [Cell]) -> String {
            let cells = kept.enumerated().map { index, column in
                let (cell, isRight) = (row[column.place], columns[column.place].isRightAligned)
                let isLast = index == kept.count - 1
                let text = style.isTerminal ? cell.text.shortened(to: column.width) : cell.text
                return style.paint(
                    text.padded(to: isLast && !isRight ? 0 : column.width, rightAligned: isRight), cell.paint)
            }
            return String(repeating: " ", count: indent) + cells.joined(separator: "  ")
        }
    }

    var columns: [Column]
    var rows: [[Cell]] = []
    /// The places of columns that are not shown, although rows have them.
    var leftOut: Set<Int> = []

    /// Spaces between two columns.
    private static let gap = 2
    /// A column that gives keeps so many columns as long as that is possible: enough to tell names apart.
    private static let legible = 8

    /// The lines, each begun by `indent` spaces.
    func lines(_ style: Style, indent: Int = 2) -> [String] {
        let layout = layout(style, indent: indent)
        return [layout.head] + rows.map(layout.line)
    }

    /// Where the columns stand so that these rows fit.
    func layout(_ style: Style, indent: Int = 2) -> Layout {
        let widths = columns.indices.map { index in
            ([columns[index].title.columns] + rows.map { $0[index].text.columns }).max() ?? 0
        }
        var kept = columns.indices.filter { !leftOut.contains($0) }.map { (place: $0, width: widths[$0]) }
        while style.isTerminal {
            let excess = Self.excess(of: kept, in: style.width - indent)
            let spare = kept.reduce(0) { $0 + max(0, $1.width - (columns[$1.place].gives ?? $1.width)) }
            guard excess > spare,
                let dropped = kept.filter({ columns[$0.place].rank > 0 })
                    .max(by: { columns[$0.place].rank < columns[$1.place].rank })
            else { break }
            kept.removeAll { $0.place == dropped.place }
        }
        if style.isTerminal {
            shrink(&kept, style.width - indent) { $0 }
            shrink(&kept, style.width - indent) { min($0, Self.legible) }
            shrink(&kept, style.width - indent) { _ in 1 }
        }
        return Layout(columns: columns, style: style, indent: indent, kept: kept)
    }

    private static func excess(of kept: [(place: Int, width: Int)], in room: Int) -> Int {
        kept.reduce(0) { $0 + $1.width } + gap * (kept.count - 1) - room
    }

    /// Takes what is too much from the columns that give, the widest first.
    ///
    /// - Parameter least: what such a column keeps, by what it would like to keep.
    private func shrink(_ kept: inout [(place: Int, width: Int)], _ room: Int, to least: (Int) -> Int) {
        while Self.excess(of: kept, in: room) > 0 {
            let giving = kept.indices.filter { index in
                columns[kept[index].place].gives.map { kept[index].width > least($0) } ?? false
            }
            guard let widest = giving.max(by: { kept[$0].width < kept[$1].width }) else { return }
            kept[widest].width -= 1
        }
    }
}
