/// The events of one watcher in batches, as they happened. One task may iterate over it.
///
/// A batch is everything since the last one. When more waits than the limit, it is thrown away for one
/// ``WatchEvent/rescanAll(_:)``, so a slow agent costs a walk and not memory.
public struct WatchEvents: AsyncSequence, Sendable {
    public typealias Element = [WatchEvent]

    let mailbox: WatchMailbox

    public func makeAsyncIterator() -> Iterator { Iterator(mailbox: mailbox) }

    /// Waits for the next batch; ends when the watcher does, or when the task is cancelled.
    public struct Iterator: AsyncIteratorProtocol {
        let mailbox: WatchMailbox

        public mutating func next() async -> [WatchEvent]? { await mailbox.next() }
    }
}
