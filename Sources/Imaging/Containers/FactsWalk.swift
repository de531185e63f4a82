import Model

/// Reads the facts of one kind of file from parts that it asks for, one after the other.
///
/// A part lies where the parts before said, so most of a file is never looked at. A conforming type asks for a bounded
/// number of parts, each of at most ``PartCollector/mostBytes``.
protocol FactsWalk: Sendable {
    /// The part that is wanted next; nil when nothing more is.
    var wanted: Range<Int>? { get }
    /// What is known so far.
    var facts: ImageFacts { get }
    /// Takes the part: fewer bytes than were wanted where the file ends, nil where the part has passed by.
    mutating func take(_ part: [UInt8]?)
}

/// Cuts out of a file that streams by the parts that a walk asks for.
///
/// It keeps the file's beginning and the last part, and gives a later part out of these where it lies in them. What is
/// given depends on the file and the walk alone, and not on how the stream is cut.
struct PartCollector: Sendable {
    /// Bytes of the file's beginning that are kept.
    static let headBytes = 65_536
    /// Bytes of one part.
    static let mostBytes = 1 << 20
    /// Parts of one file. A film has some dozens; a PNG of 500 MB in chunks of 8 KB, 61,000. A million cost a second.
    private static let mostParts = 1_000_000

    private var head: [UInt8] = []
    private var last: [UInt8] = []
    private var lastStart = 0
    /// Bytes that have passed.
    private var position = 0
    /// Of the part that is being collected, with where it begins.
    private var collecting: (start: Int, bytes: [UInt8])?
    private var partsLeft = Self.mostParts

    /// Shows the next bytes of the file to a walk. False when nothing more is wanted.
    mutating func consume(_ chunk: Span<UInt8>, for walk: inout any FactsWalk) -> Bool {
        var offset = 0
        while let wanted = next(for: &walk) {
            guard offset < chunk.count else { return true }
            let isSkipping = position < (collecting?.start ?? wanted.lowerBound)
            let end = isSkipping ? wanted.lowerBound : wanted.upperBound
            let count = min(end - position, chunk.count - offset)
            if head.count < Self.headBytes, head.count == position {
                head += chunk.copy(offset..<offset + min(count, Self.headBytes - head.count))
            }
            if !isSkipping { collecting?.bytes += chunk.copy(offset..<offset + count) }
            (offset, position) = (offset + count, position + count)
        }
        return false
    }

    /// Gives the walk what there is, once the file has ended.
    mutating func finish(for walk: inout any FactsWalk) {
        while let wanted = next(for: &walk) {
            guard let part = collecting else { return }
            (last, lastStart, collecting) = (part.bytes, wanted.lowerBound, nil)
            give(part.bytes, to: &walk)
        }
    }

    /// The next part that has to be collected from the stream; what is at hand is given at once.
    private mutating func next(for walk: inout any FactsWalk) -> Range<Int>? {
        while let wanted = walk.wanted {
            if let part = collecting, part.start == wanted.lowerBound, part.start + part.bytes.count < wanted.upperBound
            {
                return wanted
            }
            guard partsLeft > 0, wanted.count <= Self.mostBytes else { return nil }
            if let part = collecting, part.start == wanted.lowerBound {
                (last, lastStart, collecting) = (part.bytes, part.start, nil)
                give(part.bytes, to: &walk)
            } else if let part = kept(wanted) {
                give(part, to: &walk)
            } else if let beginning = kept(wanted.lowerBound..<max(position, wanted.lowerBound)) {
                collecting = (wanted.lowerBound, beginning)
                return wanted
            } else {
                give(nil, to: &walk)
            }
        }
        return nil
    }

    private mutating func give(_ part: [UInt8]?, to walk: inout any FactsWalk) {
        partsLeft -= 1
        walk.take(part)
    }

    /// Bytes that are kept still; those of an empty range always.
    private func kept(_ range: Range<Int>) -> [UInt8]? {
        if range.isEmpty { return [] }
        if range.upperBound <= head.count { return Array(head[range]) }
        guard range.lowerBound >= lastStart, range.upperBound <= lastStart + last.count else { return nil }
        return Array(last[range.lowerBound - lastStart..<range.upperBound - lastStart])
    }
}

extension Span where Element == UInt8 {
    /// Leads a walk over a whole file, in which it may go back.
    func lead(_ walk: inout TIFFWalk) {
        while let wanted = walk.wanted { walk.take(copy(wanted.clamped(to: 0..<count))) }
    }
}
