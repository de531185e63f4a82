public import Model

/// The form in which this node holds an image, or that it holds none.
public enum HeldForm: String, Sendable, Codable, CaseIterable {
    case main, reduced, none

    /// The form of a record, or ``none`` for no record.
    public init(_ form: Form?) {
        switch form {
        case .main?: self = .main
        case .reduced?: self = .reduced
        case nil: self = .none
        }
    }
}
