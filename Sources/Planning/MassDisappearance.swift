/// More files gone at once than a person is likely to have meant.
public struct MassDisappearance: Sendable, Equatable, CustomStringConvertible {
    /// How many vanished.
    public let vanished: Int
    /// Of how many known ones.
    public let total: Int

    /// So many vanished files are always too many (safety rule S6).
    public static let limit = 1_000
    /// Fewer than these are never: below, "more than a quarter" would stop a person who tidies up a small folder, and
    /// what is dismissed by mistake is quickly restored by hand.
    public static let least = 10

    /// Judges `vanished` files out of a library of `total`; nil when they are not too many.
    ///
    /// Removals seen one by one by the watch must be judged together too: count those of the last minutes.
    public static func check(vanished: Int, of total: Int) -> MassDisappearance? {
        let isQuarter = vanished >= least && vanished * 4 > total
        return vanished > limit || isQuarter ? MassDisappearance(vanished: vanished, total: total) : nil
    }

    /// One sentence with its remedy.
    public var description: String {
        "\(vanished) of \(total) files vanished at once: if that was meant, run 'syncctl scan --accept-removals'; "
            + "if the disk was replaced or restored, 'syncctl library new', which gets them again; else put them back."
    }
}
