import Model

/// The part of a request's target behind the question mark, read strictly: no value of this protocol needs an escape.
struct Query {
    private var values: [Substring: Substring] = [:]

    init(_ text: Substring) throws(PeerRefusal) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, values.updateValue(parts[1], forKey: parts[0]) == nil,
                pair.utf8.allSatisfy({ $0 != UInt8(ascii: "%") && $0 > 0x20 && $0 < 0x7F })
            else { throw PeerRefusal(.badRequest, "the query is not of the form key=value&key=value") }
        }
    }

    /// The number named `key`, which must lie in `range`; `fallback` when it is not there.
    func number(_ key: String, in range: ClosedRange<Int64>, default fallback: Int64? = nil) throws(PeerRefusal)
        -> Int64
    {
        guard let text = values[key[...]] else {
            guard let fallback else { throw PeerRefusal(.badRequest, "\(key) is missing") }
            return fallback
        }
        guard text.utf8.count <= 16, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(text),
            range.contains(number)
        else {
            throw PeerRefusal(.badRequest, "\(key) is not a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// How long to wait: `wait` seconds, but not longer than `longest`.
    func wait(atMost longest: Duration) throws(PeerRefusal) -> Duration {
        .seconds(min(try number("wait", in: 0...3600, default: 0), Int64(longest.components.seconds)))
    }

    /// The digest named `key`, or nil when it is not there.
    func digest(_ key: String) throws(PeerRefusal) -> Digest? {
        guard let text = values[key[...]] else { return nil }
        guard let digest = Digest(text) else { throw PeerRefusal(.badRequest, "\(key) is not a digest") }
        return digest
    }

    /// The reduced copy that `pixels` and `coded` tell of; nil when they are not both there.
    func kept() throws(PeerRefusal) -> KeptPicture? {
        guard let pixels = values["pixels"], let coded = values["coded"] else { return nil }
        guard let main = PixelsDigest(pixels), let copy = PixelsDigest(coded) else {
            throw PeerRefusal(.badRequest, "pixels or coded is no SHA-256")
        }
        return KeptPicture(main: main, copy: copy)
    }

    /// The images named `key`, 1 to `most` of them with commas between.
    func images(_ key: String, most: Int) throws(PeerRefusal) -> [ImageID] {
        guard let text = values[key[...]] else { throw PeerRefusal(.badRequest, "\(key) is missing") }
        let names = text.split(separator: ",", maxSplits: most, omittingEmptySubsequences: false)
        let images = names.compactMap { ImageID($0) }
        guard images.count == names.count, images.count <= most else {
            throw PeerRefusal(.badRequest, "\(key) is not a list of 1 to \(most) images")
        }
        return images
    }

    /// `from` and `to`, which must both be there.
    func range() throws(PeerRefusal) -> SequenceRange {
        let limits = 0...Record.highestSequence + 1
        let (from, to) = (try number("from", in: limits), try number("to", in: limits))
        guard from <= to else { throw PeerRefusal(.badRequest, "from is above to") }
        return SequenceRange(from: from, to: to)
    }
}
