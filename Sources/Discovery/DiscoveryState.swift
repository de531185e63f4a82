/// Whether nodes can be found at present, for `syncctl doctor` and the status.
public enum DiscoveryState: Hashable, Sendable {
    /// Not yet known: the first attempt is under way, or the service does not run.
    case starting
    /// This node is announced under `name` (the node's own, or what Avahi made of it when another has that one),
    /// and others are looked for.
    case available(name: String)
    /// Neither; tried again by itself.
    ///
    /// - Parameter reason: one sentence: the fault and its remedy.
    case unavailable(reason: String)
}
