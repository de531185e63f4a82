import Control

/// The statuses of one `status --follow`, each made when it is asked for.
actor StatusChanges {
    private let node: NodeParts
    private var edition: UInt64?

    init(node: NodeParts) { self.node = node }

    /// The status now, the first time; then after the next change. Nil when the task is cancelled.
    func next() async -> StatusReport? {
        if let edition {
            // Four a second at most; once in five seconds for the times that tick by themselves.
            try? await ContinuousClock().sleep(for: .milliseconds(250))
            await node.status.wait(past: edition, until: .now + .seconds(5))
        }
        guard !Task.isCancelled else { return nil }
        edition = node.status.edition
        return try? await node.statusReport()
    }
}
