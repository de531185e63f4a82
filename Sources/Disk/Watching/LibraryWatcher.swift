import Glibc

/// The watch over the library: inotify(7) on a thread of its own.
///
/// Begin it before the first walk: what happens between the two is then seen by one of them at least, and what both
/// see is seen to be known.
public final class LibraryWatcher: Sendable {
    /// How much a watcher may use.
    public struct Limits: Sendable {
        /// Events that wait for the agent. A hundred thousand are some twenty megabytes, and take longer to handle one
        /// by one than a walk does.
        public var pending = 100_000

        public init() {}
    }

    /// What happens. One task may iterate over it.
    public let events: WatchEvents
    private let wake: WakeUp

    /// Watches the library. Returns when every folder is watched, with the events since waiting in ``events``.
    ///
    /// - Throws: ``DiskError/Code/limit`` when the user has too many watchers; any error of the library's folder. A
    ///   folder below that cannot be watched is no error: see ``WatchEvent/rescanAll(_:)``.
    public static func start(_ library: LibraryFolder, limits: Limits = Limits()) async throws -> LibraryWatcher {
        let mailbox = WatchMailbox(limit: limits.pending)
        let wake = try WakeUp()
        try await withCheckedThrowingContinuation { (ready: CheckedContinuation<Void, any Error>) in
            OwnThread.start(named: "library-watch") {
                var loop: WatchLoop
                do {
                    loop = try WatchLoop(library: library, wake: wake)
                } catch {
                    ready.resume(throwing: error)
                    return
                }
                mailbox.deliver(loop.watchAll())
                ready.resume()
                loop.run { mailbox.deliver($0) }
                mailbox.finish()
            }
        }
        return LibraryWatcher(events: WatchEvents(mailbox: mailbox), wake: wake)
    }

    private init(events: WatchEvents, wake: WakeUp) {
        self.events = events
        self.wake = wake
    }

    deinit { wake.signal() }

    /// Ends the watch at once; ``events`` ends after what it still holds.
    public func stop() { wake.signal() }
}
