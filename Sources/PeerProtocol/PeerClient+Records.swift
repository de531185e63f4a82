public import Model
import NIOCore
import NIOHTTP1

/// Reading a peer's list.
extension PeerClient {
    /// All records in `range`, page by page as they are walked.
    public func records(in range: SequenceRange) -> RecordSequence { RecordSequence(client: self, range: range) }

    /// The first records in `range`.
    ///
    /// A line that is no record, that lies outside the range or that does not ascend comes as a refusal; the others are
    /// not concerned.
    ///
    /// - Parameter limit: records that the page may have; ``ClientLimits/records`` at most.
    public func recordPage(in range: SequenceRange, limit: Int = .max) async throws -> RecordPage {
        let limit = min(limit, limits.records)
        return try await ask(
            .records, "/v1/file-info?from=\(range.from)&to=\(range.to)&limit=\(limit)"
        ) { reader in
            var splitter = LineSplitter()
            var entries: [RecordEntry] = []
            var bytes = 0
            var highest = range.from - 1
            func take(_ line: LineSplitter.Line) throws {
                guard entries.count < limit else { throw reader.malformed("has more than \(limit) records") }
                let entry = RecordEntry(line)
                guard let sequence = entry.sequence else { return entries.append(entry) }
                if !range.contains(sequence) {
                    entries.append(entry.refused("lies outside the range that was asked for"))
                } else if sequence <= highest {
                    entries.append(entry.refused("comes twice or out of order"))
                } else {
                    highest = sequence
                    entries.append(entry)
                }
            }
            while let chunk = try await reader.next() {
                bytes += chunk.readableBytes
                guard bytes <= limits.pageBytes else { throw reader.tooLarge(limits.pageBytes) }
                try splitter.take(chunk.readableBytesView) { try take($0) }
            }
            if let last = splitter.finish() { try take(last) }
            guard let text = reader.headers.first(name: "mainstay-next") else {
                return RecordPage(entries: entries, next: nil)
            }
            guard let next = Record.Sequence(text), next > max(range.from, highest), next < range.to, !entries.isEmpty
            else {
                throw reader.malformed("goes on at a place that does not follow")
            }
            return RecordPage(entries: entries, next: next)
        }
    }
}
