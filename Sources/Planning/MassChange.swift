/// More pictures renamed or edited by one machine than a person is likely to have meant.
public enum MassChange {
    /// Fewer than these are never too many, nor is anything in a library of fewer: nothing is lost by either, and a small
    /// library is soon renamed whole, and back.
    public static let least = 100

    /// Judges `count` names and edits in a library of `total` images.
    public static func isTooMuch(_ count: Int, of total: Int) -> Bool {
        count > MassDisappearance.limit || (count >= least && total >= least && count * 4 > total)
    }
}
