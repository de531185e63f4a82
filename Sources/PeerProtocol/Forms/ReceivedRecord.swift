public import Model

/// One line of a peer's list as it came: its fingerprint, and the record or why it was refused.
///
/// A refused line keeps its place and its fingerprint, so that both sides' digests agree about it and it is not asked
/// for again and again.
public struct ReceivedRecord: Sendable {
    /// The fingerprint of the line's bytes.
    public let fingerprint: Fingerprint
    /// The record, checked, or the reason.
    public let content: Result<Record, Record.Refusal>

    /// Its place in the list; nil for a line that does not even tell that.
    public var sequence: Record.Sequence? {
        switch content {
        case .success(let record): record.sequence
        case .failure(let refusal): refusal.sequence
        }
    }

    public init(fingerprint: Fingerprint, content: Result<Record, Record.Refusal>) {
        self.fingerprint = fingerprint
        self.content = content
    }

    init(_ line: LineSplitter.Line) {
        switch line {
        case .tooLong(let fingerprint, let sequence):
            self.init(
                fingerprint: fingerprint,
                content: .failure(
                    Record.Refusal(sequence: sequence, reason: "is longer than \(Record.longestLine) bytes")))
        case .whole(let bytes):
            let fingerprint = Fingerprint(line: bytes)
            do throws(Record.Refusal) {
                let record = try Record(line: bytes)
                if let reason = record.info?.path.refusalFromPeer {
                    throw Record.Refusal(sequence: record.sequence, reason: "path \(reason)")
                }
                self.init(fingerprint: fingerprint, content: .success(record))
            } catch {
                var refusal = error
                refusal.sequence = refusal.sequence ?? LineSplitter.sequence(of: bytes)
                self.init(fingerprint: fingerprint, content: .failure(refusal))
            }
        }
    }

    /// The same line, refused. It has no place: the one that it claims is not its own.
    func refused(_ reason: String) -> ReceivedRecord {
        let claimed = sequence.map { "claims number \($0) but " } ?? ""
        return ReceivedRecord(
            fingerprint: fingerprint,
            content: .failure(Record.Refusal(sequence: nil, reason: claimed + reason)))
    }
}

/// The answer to one request for records.
public struct RecordPage: Sendable {
    /// The lines in the order in which they came. Those with a sequence number ascend within the range asked for; a
    /// line that breaks that is refused.
    public let records: [ReceivedRecord]
    /// Where to go on, when there is more.
    public let next: Record.Sequence?
}
