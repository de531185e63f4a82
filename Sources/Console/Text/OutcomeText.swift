import Control
import Model

/// A line on one image of a piece of work, where it needs a word.
enum OutcomeText {
    /// What went as it should is only counted.
    static func isWorthTelling(_ image: ImageOutcome) -> Bool {
        switch image.outcome {
        case .repaired: true
        case .deleted, .wouldDelete, .restored: image.reason != nil
        case let outcome: outcome.isUndone
        }
    }

    /// Equal for images of which one tells about all.
    static func key(_ image: ImageOutcome) -> String { "\(image.outcome.rawValue) \(image.reason ?? "")" }

    /// `PATH stays: REASON`, on one line where it fits or where no one reads it on a screen.
    static func lines(_ image: ImageOutcome, _ style: Style) -> [String] {
        let (word, paint) = word(image.outcome)
        return lines("\(image.path.description.printable) \(word)", paint, image, style)
    }

    /// `1,980 stay: REASON`.
    static func lines(_ count: Int, like image: ImageOutcome, _ style: Style) -> [String] {
        lines("\(Quantity.count(count)) \(words(image.outcome))", word(image.outcome).1, image, style)
    }

    private static func lines(
        _ start: String, _ paint: Style.Paint?, _ image: ImageOutcome, _ style: Style
    ) -> [String] {
        guard let reason = image.reason?.printable else { return [style.paint(start, paint)] }
        let whole = "\(start): \(reason)"
        if !style.isTerminal || whole.columns <= style.width { return [style.paint(start, paint) + ": " + reason] }
        return [style.paint(start, paint) + ":"] + reason.wrapped(to: style.width - 2).map { "  " + $0 }
    }

    /// The same as a sentence, with what to do about a path that is not known.
    static func sentence(_ image: ImageOutcome) -> String {
        let reason = image.reason ?? (image.outcome == .unknown ? "see 'syncctl ls' for what is." : nil)
        return "\(image.path.description.printable) \(word(image.outcome).0)" + (reason.map { ": \($0)" } ?? ".")
    }

    private static func words(_ outcome: ImageOutcome.Outcome) -> String {
        switch outcome {
        case .evicted: "are evicted"
        case .wouldEvict: "would be evicted"
        case .kept: "stay"
        case .fetched: "are fetched"
        case .here: "are here already"
        case .deleted: "are deleted"
        case .wouldDelete: "would be deleted"
        case .restored: "are restored"
        case .verified: "are as they should be"
        case .damaged: "are damaged"
        case .repaired: "were damaged and are repaired"
        case .failed: "failed"
        case .unknown: "are not known"
        }
    }

    private static func word(_ outcome: ImageOutcome.Outcome) -> (String, Style.Paint?) {
        switch outcome {
        case .evicted: ("is evicted", nil)
        case .wouldEvict: ("would be evicted", nil)
        case .kept: ("stays", .caution)
        case .fetched: ("is fetched", nil)
        case .here: ("is here already", nil)
        case .deleted: ("is deleted", nil)
        case .wouldDelete: ("would be deleted", nil)
        case .restored: ("is restored", nil)
        case .verified: ("is as it should be", nil)
        case .damaged: ("is damaged", .bad)
        case .repaired: ("was damaged and is repaired", .caution)
        case .failed: ("failed", .bad)
        case .unknown: ("is not known", .caution)
        }
    }
}

extension ImageOutcome.Outcome {
    /// Whether the image is not as was asked.
    var isUndone: Bool {
        switch self {
        case .kept, .failed, .unknown, .damaged: true
        case .evicted, .wouldEvict, .fetched, .here, .deleted, .wouldDelete, .restored, .verified, .repaired: false
        }
    }
}
