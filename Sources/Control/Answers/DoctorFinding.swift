/// One thing that `doctor` looked at.
public struct DoctorFinding: Hashable, Sendable, Codable {
    /// How it stands.
    public enum State: String, Sendable, Codable { case ok, warning, problem }

    /// What was looked at: `avahi`, `port`, `peer desktop`, `disk`, `clock`.
    public var check: String
    /// How it stands.
    public var state: State
    /// What was found, in one sentence.
    public var what: String
    /// What to do, in one sentence; nil when there is nothing to do.
    public var remedy: String?

    /// One with these values.
    public init(check: String, state: State, what: String, remedy: String? = nil) {
        self.check = check
        self.state = state
        self.what = what
        self.remedy = remedy
    }
}
