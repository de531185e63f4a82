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
            .records, "/v1/file-info?from=\(range.from)&to=\(range.to)&limit=\(limit)",
            headers: ["Accept-Encoding": Deflate.name]
        ) { reader in
            let tooLong = reader.malformed("has more than \(limit) records")
            let tooLarge = reader.tooLarge(limits.pageBytes)
            var splitter = LineSplitter()
            var records: [ReceivedRecord] = []
            var bytes = 0
            var highest = range.from - 1
            func take(_ line: LineSplitter.Line) throws {
                guard records.count < limit else { throw tooLong }
                let received = ReceivedRecord(line)
                guard let sequence = received.sequence else { return records.append(received) }
                if !range.contains(sequence) {
                    records.append(received.refused("lies outside the range that was asked for"))
                } else if sequence <= highest {
                    records.append(received.refused("comes twice or out of order"))
                } else {
                    highest = sequence
                    records.append(received)
                }
            }
            func take(_ piece: some Collection<UInt8>) throws {
                bytes += piece.count
                guard bytes <= limits.pageBytes else { throw tooLarge }
                try splitter.take(piece) { try take($0) }
            }
            let coding = reader.headers.first(name: "content-encoding")
            guard coding == nil || coding == Deflate.name else { throw reader.malformed("has an unknown coding") }
            let decoder = coding == nil ? nil : Deflate.Decoder()
            while let chunk = try await reader.next() {
                guard let decoder else {
                    try take(chunk.readableBytesView)
                    continue
                }
                do {
                    try decoder.take(Array(chunk.readableBytesView)) { try take($0) }
                } catch is Deflate.Decoder.Fault {
                    throw reader.malformed("is no \(Deflate.name) data")
                }
            }
            guard decoder?.isAtEnd ?? true else { throw reader.malformed("is cut off") }
            if let last = splitter.finish() { try take(last) }
            guard let text = reader.headers.first(name: "mainstay-next") else {
                return RecordPage(records: records, next: nil)
            }
            guard let next = Record.Sequence(text), next > max(range.from, highest), next < range.to, !records.isEmpty
            else {
                throw reader.malformed("goes on at a place that does not follow")
            }
            return RecordPage(records: records, next: next)
        }
    }
}
