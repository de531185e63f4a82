import Model

/// All that a peer's list holds in a range, fetched page by page as it is walked.
///
/// A peer that answers in circles or without end is given up with an error; each line that is no record comes as a
/// refusal, and the walk goes on.
public struct RecordSequence: AsyncSequence, Sendable {
    public typealias Element = ReceivedRecord

    let client: PeerClient
    let range: SequenceRange

    /// Fetches as it is asked; cancelling the task ends the request that runs.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let client: PeerClient
        private let to: Record.Sequence
        private var from: Record.Sequence?
        private var page: ArraySlice<ReceivedRecord> = []
        private var count = 0

        init(client: PeerClient, range: SequenceRange) {
            self.client = client
            from = range.isEmpty ? nil : range.from
            to = range.to
        }

        public mutating func next() async throws -> ReceivedRecord? {
            while page.isEmpty, let start = from {
                let answer = try await client.recordPage(in: SequenceRange(from: start, to: to))
                page = answer.records[...]
                from = answer.next
            }
            guard let first = page.popFirst() else { return nil }
            count += 1
            guard count <= client.limits.walk else {
                throw PeerError(
                    .tooLarge,
                    "\(client.peer.short) lists more than \(client.limits.walk) records: unpair it, or ask its owner",
                    peer: client.peer)
            }
            return first
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(client: client, range: range) }
}
