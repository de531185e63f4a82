/// Rows in columns that align by display width. One column may give way where the whole is too wide.
struct Table {
    struct Column {
        var title: String
        var isRightAligned = false
        /// Whether its longer texts are shortened in the middle when the table does not fit.
        var gives = false
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

    var columns: [Column]
    var rows: [[Cell]] = []

    /// Spaces between two columns.
    private static let gap = 2
    /// A column that gives keeps at least this many columns: enough to tell names apart.
    private static let least = 8

    /// The lines, each begun by `indent` spaces; the last column is not filled up.
    func lines(_ style: Style, indent: Int = 2) -> [String] {
        var widths = columns.indices.map { index in
            ([columns[index].title.columns] + rows.map { $0[index].text.columns }).max() ?? 0
        }
        let room = style.width - indent - Self.gap * (columns.count - 1)
        var excess = widths.reduce(0, +) - room
        for index in columns.indices where columns[index].gives && excess > 0 {
            let cut = min(excess, max(0, widths[index] - Self.least))
            widths[index] -= cut
            excess -= cut
        }
        let head = columns.map { Cell($0.title, .faint) }
        return ([head] + rows).map { row in
            let cells = row.indices.map { index in
                let text = row[index].text.shortened(to: widths[index])
                let isLast = index == row.count - 1
                let fill = text.padded(
                    to: isLast && !columns[index].isRightAligned ? 0 : widths[index],
                    rightAligned: columns[index].isRightAligned)
                return style.paint(fill, row[index].paint)
            }
            return String(repeating: " ", count: indent) + cells.joined(separator: "  ")
        }
    }
}
