public import Model

/// One line of a peer's list as it came.
///
/// A refused line keeps its fingerprint and, where it tells one, its place, so that both sides' digests agree about it
/// and it is not asked for again and again.
public typealias RecordEntry = Result<ReceivedRecord, RefusedRecord>

/// A record of a peer, checked, and the fingerprint of the line that it came on.
public struct ReceivedRecord: Hashable, Sendable {
    /// The record.
    public let record: Record
    /// The fingerprint of the line's bytes.
    public let fingerprint: Fingerprint

    public init(record: Record, fingerprint: Fingerprint) {
        self.record = record
        self.fingerprint = fingerprint
    }
}

/// A line that is no record, why, and the fingerprint of its bytes.
public struct RefusedRecord: Error, Equatable, CustomStringConvertible {
    /// Why, and the line's place where it tells one.
    public let refusal: Record.Refusal
    /// The fingerprint of the line's bytes, however long it was.
    public let fingerprint: Fingerprint

    public init(refusal: Record.Refusal, fingerprint: Fingerprint) {
        self.refusal = refusal
        self.fingerprint = fingerprint
    }

    public var description: String { refusal.description }
}

/// The answer to one request for records.
public struct RecordPage: Sendable {
    /// The lines in the order in which they came. Those with a sequence number ascend within the range asked for; a
    /// line that breaks that is refused.
    public let entries: [RecordEntry]
    /// Where to go on, when there is more.
    public let next: Record.Sequence?
}

extension RecordEntry {
    /// Its place in the list; nil for a line that does not even tell that.
    public var sequence: Record.Sequence? {
        switch self {
        case .success(let received): received.record.sequence
        case .failure(let refused): refused.refusal.sequence
        }
    }

    var fingerprint: Fingerprint {
        switch self {
        case .success(let received): received.fingerprint
        case .failure(let refused): refused.fingerprint
        }
    }

    init(_ line: LineSplitter.Line) {
        switch line {
        case .tooLong(let fingerprint, let sequence):
            let reason = "is longer than \(Record.longestLine) bytes"
            self = .failure(
                RefusedRecord(refusal: Record.Refusal(sequence: sequence, reason: reason), fingerprint: fingerprint))
        case .whole(let bytes):
            let fingerprint = Fingerprint(line: bytes)
            do {
                self = .success(ReceivedRecord(record: try Record(line: bytes), fingerprint: fingerprint))
            } catch {
                var refusal = error
                refusal.sequence = refusal.sequence ?? LineSplitter.sequence(of: bytes)
                self = .failure(RefusedRecord(refusal: refusal, fingerprint: fingerprint))
            }
        }
    }

    /// The same line, refused. It has no place: the one that it claims is another's.
    func refused(_ reason: String) -> RecordEntry {
        let claimed = sequence.map { "the record of number \($0) " } ?? ""
        return .failure(
            RefusedRecord(refusal: Record.Refusal(sequence: nil, reason: claimed + reason), fingerprint: fingerprint))
    }
}
