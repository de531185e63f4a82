import Control
import Model

/// A dry run as a table: the image, what would happen to it, and why.
enum OutcomeTable {
    /// Columns that the two in the middle and the gaps take.
    private static let middle = 7 + 8 + 3 * 2
    /// A reason that is cut into narrower pieces than this cannot be read.
    private static let leastReason = 24

    static func lines(_ images: [ImageOutcome], _ style: Style) -> [String] {
        let longest = (["PATH"] + images.map(\.path.description.printable)).map(\.columns).max() ?? 0
        // Both whole where no one reads it on a screen, so that it can be searched and cut.
        let room = style.isTerminal ? style.width - middle : Int.max
        let path = style.isTerminal ? min(longest, max(8, room - max(leastReason, room * 2 / 5))) : longest
        let reason = room - path
        let head = style.paint("PATH".padded(to: path) + "  WOULD        SIZE  WHY", .faint)
        // On a screen, a reason that is the one above is not read again.
        let above = [nil] + images.map(\.reason)
        return [head]
            + zip(images, above).flatMap { image, above in
                let (word, paint) = word(image.outcome)
                let text = image.reason?.printable ?? ""
                let why =
                    !style.isTerminal
                    ? [text]
                    : image.reason != nil && image.reason == above
                        ? ["\""]
                        : text.wrapped(to: max(leastReason, reason))
                let start =
                    image.path.description.printable.shortened(to: path).padded(to: path) + "  "
                    + style.paint(word.padded(to: 7), paint) + "  "
                    + (image.bytes > 0 ? Quantity.bytes(image.bytes) : "-").padded(to: 8, rightAligned: true)
                let indent = String(repeating: " ", count: path + middle)
                let first = why.first.map { $0.isEmpty ? "" : "  " + $0 } ?? ""
                return [start + first] + why.dropFirst().map { indent + $0 }
            }
    }

    private static func word(_ outcome: ImageOutcome.Outcome) -> (String, Style.Paint?) {
        switch outcome {
        case .wouldEvict, .evicted: ("evict", .good)
        case .kept: ("stay", .caution)
        case .here: ("-", .faint)
        case .unknown: ("unknown", .bad)
        case .failed, .damaged: ("fail", .bad)
        case .fetched, .deleted, .restored, .verified, .repaired: (outcome.rawValue, nil)
        }
    }
}
