import Model
import TestSupport
import Testing

@Suite("Digests")
struct DigestTests {
    private func fingerprint(_ sequence: Int64) -> Fingerprint {
        Fingerprint(line: Record(sequence: sequence, info: Sample.main("\(sequence).jpg", Int(sequence))).line)
    }

    @Test("A digest does not depend on the order, and removing undoes adding")
    func order() {
        var one = Digest.empty
        var two = Digest.empty
        for sequence in 1...50 as ClosedRange<Int64> { one.add(fingerprint(sequence)) }
        for sequence in (1...50 as ClosedRange<Int64>).reversed() { two.add(fingerprint(sequence)) }
        #expect(one == two)
        for sequence in 1...50 as ClosedRange<Int64> { one.remove(fingerprint(sequence)) }
        #expect(one == .empty)
    }

    @Test(
        "A digest's text reads back", arguments: [Digest.empty, Digest(sum: .max, count: 9), Digest(sum: 1, count: 1)])
    func text(digest: Digest) {
        #expect(Digest(digest.description) == digest)
    }

    @Test(
        "A text that is no digest is refused",
        arguments: [
            "", "x", "00-1", String(repeating: "0", count: 32), String(repeating: "0", count: 32) + "--1",
            String(repeating: "0", count: 32) + "-1-1",
        ])
    func noDigest(text: String) { #expect(Digest(text) == nil) }

    @Test("Any range of a chunked list has the digest of its records")
    func ranges() {
        var chunked = ChunkedDigest()
        let sequences: [Int64] = (1...2000).filter { $0 % 3 != 0 || $0 < 300 }
        for sequence in sequences { chunked.add(fingerprint(sequence), at: sequence) }
        func plain(_ range: SequenceRange) -> Digest {
            sequences.filter { range.contains($0) }.reduce(into: .empty) { $0.add(fingerprint($1)) }
        }
        for (from, to) in [(0, 2001), (0, 256), (256, 512), (1, 2), (255, 257), (100, 1900), (5000, 9000), (7, 7)]
            as [(Int64, Int64)]
        {
            let range = SequenceRange(from: from, to: to)
            #expect(chunked.digest(of: range, partial: plain) == plain(range), "\(range)")
        }
        for sequence in sequences { chunked.remove(fingerprint(sequence), at: sequence) }
        #expect(chunked.whole == .empty)
        #expect(chunked.digest(of: .all) { _ in Digest(sum: 1, count: 1) } == .empty)
    }

    @Test(
        "A range is cut into parts that cover it once", arguments: [1, 2, 15, 16, 17, 255, 256, 1_000_003] as [Int64])
    func split(span: Int64) {
        let range = SequenceRange(from: 5, to: 5 + span)
        let parts = range.split(into: 16)
        #expect(parts.count <= 16)
        #expect(parts.first?.from == range.from)
        #expect(parts.last?.to == range.to)
        #expect(zip(parts, parts.dropFirst()).allSatisfy { $0.to == $1.from })
        #expect(parts.allSatisfy { !$0.isEmpty })
    }
}
