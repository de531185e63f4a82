import Control
import Model

/// A dry run as a table: the image, what would happen to it, and why.
enum OutcomeTable {
    /// Columns that the two in the middle and the gaps take.
    private static let middle = 7 + 8 + 3 * 2
    /// A reason that is cut into narrower pieces than this cannot be read.
    private static let leastReason = 24
    /// On a narrower screen the reason stands below its image, and there is no size.
    private static let leastWidth = 60

    static func lines(_ images: [ImageOutcome], _ style: Style) -> [String] {
        style.isTerminal && style.width < leastWidth ? narrow(images, style) : wide(images, style)
    }

    private static func wide(_ images: [ImageOutcome], _ style: Style) -> [String] {
        let longest = (["PATH"] + images.map(\.path.description.printable)).map(\.columns).max() ?? 0
        // Both whole where no one reads it on a screen, so that it can be searched and cut.
        let room = style.isTerminal ? style.width - middle : Int.max
        let path = style.isTerminal ? min(longest, max(8, room - max(leastReason, room * 2 / 5))) : longest
        let reason = room - path
        let head = style.paint("PATH".padded(to: path) + "  WOULD        SIZE  WHY", .faint)
        return [head]
            + zip(images, above(images)).flatMap { image, above in
                let (word, paint) = word(image.outcome)
                let why = why(image, above, style.isTerminal ? max(leastReason, reason) : nil)
                let start =
                    image.path.description.printable.shortened(to: path).padded(to: path) + "  "
                    + style.paint(word.padded(to: 7), paint) + "  "
                    + (image.bytes > 0 ? Quantity.bytes(image.bytes) : "-").padded(to: 8, rightAligned: true)
                let indent = String(repeating: " ", count: path + middle)
                let first = why.first.map { $0.isEmpty ? "" : "  " + $0 } ?? ""
                return [start + first] + why.dropFirst().map { indent + $0 }
            }
    }

    private static func narrow(_ images: [ImageOutcome], _ style: Style) -> [String] {
        var table = Table(columns: [.init(title: "PATH", gives: 24), .init(title: "WOULD")])
        table.rows = images.map { image in
            let (word, paint) = word(image.outcome)
            return [.init(image.path.description), .init(word, paint)]
        }
        let layout = table.layout(style, indent: 0)
        return [layout.head]
            + zip(zip(images, table.rows), above(images)).flatMap { image, above in
                let why = why(image.0, above, style.width - 2).filter { !$0.isEmpty }
                return [layout.line(image.1)] + why.map { "  " + $0 }
            }
    }

    /// On a screen, a reason that is the one above is not read again.
    private static func above(_ images: [ImageOutcome]) -> [String?] { [nil] + images.dropLast().map(\.reason) }

    private static func why(_ image: ImageOutcome, _ above: String?, _ width: Int?) -> [String] {
        let text = image.reason?.printable ?? ""
        guard let width else { return [text] }
        return image.reason != nil && image.reason == above ? ["\""] : text.wrappedWhole(to: width)
    }

    private static func word(_ outcome: ImageOutcome.Outcome) -> (String, Style.Paint?) {
        switch outcome {
        case .wouldEvict, .evicted: ("evict", .good)
        case .wouldDelete: ("delete", .caution)
        case .kept: ("stay", .caution)
        case .here: ("-", .faint)
        case .unknown: ("unknown", .bad)
        case .failed, .damaged: ("fail", .bad)
        case .fetched, .deleted, .restored, .verified, .repaired: (outcome.rawValue, nil)
        }
    }
}
