import Dispatch
import ServiceLifecycle

/// Tells the service manager at half of its patience that the agent is alive.
///
/// The ticks come from a thread of their own, but the answer goes through Swift's cooperative pool: a pool that is
/// blocked keeps silent, and the service manager starts the agent anew.
struct Heartbeat: Service {
    let notice: ServiceNotice

    func run() async throws {
        guard let interval = notice.watchdogInterval else {
            return try await gracefulShutdown()
        }
        let (ticks, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let timer = DispatchSource.makeTimerSource()
        let microseconds = Int(
            interval.components.seconds * 1_000_000 + interval.components.attoseconds / 1_000_000_000_000)
        timer.schedule(deadline: .now(), repeating: .microseconds(max(1, microseconds / 2)))
        timer.setEventHandler { continuation.yield() }
        timer.resume()
        defer { timer.cancel() }
        for await _ in ticks.cancelOnGracefulShutdown() { notice.alive() }
    }
}
