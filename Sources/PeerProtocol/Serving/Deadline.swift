import NIOCore
import NIOPosix

/// Waits for an event until a point in time, on the event loops' timers.
enum Deadline {
    /// The first of `events`, or nil when `deadline` comes first or the events end.
    ///
    /// - Parameters:
    ///   - events: made by the caller, who keeps `source` for others to yield to.
    ///   - source: finished when the deadline comes.
    static func first<Event: Sendable>(
        of events: AsyncStream<Event>, source: AsyncStream<Event>.Continuation, by deadline: ContinuousClock.Instant?
    ) async -> Event? {
        let timer = deadline.map { deadline in
            MultiThreadedEventLoopGroup.singleton.any().scheduleTask(
                in: TimeAmount(ContinuousClock.now.duration(to: deadline))
            ) {
                source.finish()
            }
        }
        defer { timer?.cancel() }
        for await event in events { return event }
        return nil
    }
}
