import Foundation

/// What people do not do in the histories, as it is known to end otherwise than they would expect. `MAINSTAY_OPEN` has them
/// do it, by names with commas in between, so that it can be seen.
enum OpenQuestion: String {
    /// A picture gets the bytes of another one of the library, and is edited again at another machine: once in fifty times a
    /// third keeps both, one beside the other (seed 141).
    case bytesOfAnother
    /// One of several copies of a picture is edited, and one of them is named anew before all machines have heard of that:
    /// no record says which of them was edited.
    case copies
    /// What exiftool has put aside at one machine is removed at the machine that the photo comes from, where it has another
    /// name too. Both people have put it there: whether it goes from the first machine is nobody's to say.
    case putAside

    private static let asked = Set(
        (ProcessInfo.processInfo.environment["MAINSTAY_OPEN"] ?? "").split(separator: ",").map(String.init))

    /// Whether people do it.
    var isAsked: Bool { Self.asked.contains(rawValue) }
}
