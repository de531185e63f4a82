/// The digests of a list of records in chunks of 256 sequence numbers, kept up to date record by record.
///
/// A million records are about 4,096 sums. A range whose ends fall inside a chunk needs the fingerprints of that
/// chunk's records, which the caller reads from where the records are kept.
public struct ChunkedDigest: Sendable {
    /// Sequence numbers in a chunk: 2^8. Larger ones would make the ends of a range dearer to read, smaller ones
    /// the table larger; 256 fingerprints are one page of the catalogue.
    public static let chunkSize: Record.Sequence = 256

    /// The digest of the whole list.
    public private(set) var whole = Digest.empty
    private var chunks: [Record.Sequence: Digest] = [:]

    /// An empty list.
    public init() {}

    /// Counts the record at `sequence` in.
    public mutating func add(_ fingerprint: Fingerprint, at sequence: Record.Sequence) {
        whole.add(fingerprint)
        chunks[sequence / Self.chunkSize, default: .empty].add(fingerprint)
    }

    /// Takes the record at `sequence` out, which was counted in with the same fingerprint.
    public mutating func remove(_ fingerprint: Fingerprint, at sequence: Record.Sequence) {
        whole.remove(fingerprint)
        let chunk = sequence / Self.chunkSize
        chunks[chunk, default: .empty].remove(fingerprint)
        if chunks[chunk] == .empty { chunks[chunk] = nil }
    }

    /// The digest of the records in `range`.
    ///
    /// - Parameter partial: asked for at most two ranges, each within one chunk that is not empty; answers with the
    ///   digest of the records in it.
    public func digest(
        of range: SequenceRange, partial: (SequenceRange) throws -> Digest
    ) rethrows -> Digest {
        guard !range.isEmpty else { return .empty }
        let first = range.from / Self.chunkSize
        let last = (range.to - 1) / Self.chunkSize
        // A list with few chunks left is quicker to walk than a long range of chunk numbers.
        let inside =
            last - first < chunks.count
            ? Array((first...last).filter { chunks[$0] != nil }) : chunks.keys.filter { (first...last).contains($0) }
        return try inside.reduce(Digest.empty) { sum, chunk in
            let span = SequenceRange(from: chunk * Self.chunkSize, to: (chunk + 1) * Self.chunkSize)
            let part = span.intersection(range)
            return sum + (part == span ? chunks[chunk] ?? .empty : try partial(part))
        }
    }
}
