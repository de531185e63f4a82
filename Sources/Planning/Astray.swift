/// A state machine and what drives it have lost each other: an answer belongs to no open question, or the machine is
/// asked to go on before it was answered, or hands out the same again and again.
///
/// This is a fault of the program, never of a peer or a person. Going on would go on for ever, so whoever gets it ends
/// what was under way, as a crash would have ended it.
public struct Astray: Error, Sendable, Hashable, CustomStringConvertible {
    /// What happened.
    public enum Code: Sendable, Hashable {
        /// An answer came to something that was not asked, or was answered before.
        case notAsked
        /// The same was to be asked a second time.
        case askedTwice
        /// What is open does not come to an end.
        case noProgress
    }

    public var code: Code
    /// What it was about, as a clause.
    public var what: String

    public init(_ code: Code, _ what: String) {
        self.code = code
        self.what = what
    }

    /// A clause for people, with the remedy.
    public var description: String {
        let fault =
            switch code {
            case .notAsked: "an answer came that belongs to no question"
            case .askedTwice: "the same was to be asked twice"
            case .noProgress: "it came no further"
            }
        return "\(fault) (\(what)), which is a fault of Mainstay: it was ended, please report it"
    }
}
