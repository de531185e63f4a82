import Model

/// What a person can set while the node runs. Its services ask each time and keep no copy, so that a change counts from the
/// next question on.
final class NodeSettings: Sendable {
    /// The settings themselves.
    struct Values: Sendable, Equatable {
        var policy: Policy
        /// The node's name as people see it.
        var name: String
        /// Peers' addresses given by hand.
        var addresses: [String]

        init(_ configuration: AgentConfiguration) {
            (policy, name, addresses) = (configuration.policy, configuration.name, configuration.addresses)
        }
    }

    private let state: Shown<(values: Values, changed: ContinuousClock.Instant?)>
    /// Posted after each change.
    let changes = Bulletin()

    init(_ configuration: AgentConfiguration, status: Status = Status()) {
        state = Shown((Values(configuration), nil), in: status)
    }

    var values: Values { state.read { $0.values } }
    var policy: Policy { values.policy }
    var name: String { values.name }
    var addresses: [String] { values.addresses }
    /// When the last change was; nil when there was none since the start.
    var changed: ContinuousClock.Instant? { state.read { $0.changed } }

    /// Takes over others.
    ///
    /// - Returns: those before; nil where they are the same.
    func replace(_ new: Values) -> Values? {
        let before = state.change(tellingIf: { $0 != nil }) { state -> Values? in
            guard state.values != new else { return nil }
            defer { state = (new, .now) }
            return state.values
        }
        if before != nil { changes.post() }
        return before
    }
}
