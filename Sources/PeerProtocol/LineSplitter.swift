import Crypto
import Model

/// Cuts a body into the lines of records. Pure. A line too long to be a record is hashed as it passes by and never
/// held, so that a megabyte costs no memory and the records behind it are still read.
struct LineSplitter {
    enum Line: Equatable {
        case whole([UInt8])
        /// A line longer than ``Record/longestLine``: its fingerprint, and the number that it begins with.
        case tooLong(Fingerprint, Record.Sequence?)
    }

    private var held: [UInt8] = []
    private var hash: SHA256?

    /// The lines that end in `bytes`, handed out one by one.
    mutating func take(_ bytes: some Collection<UInt8>, _ line: (Line) throws -> Void) rethrows {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            add(rest[..<end])
            if let ended = finish() { try line(ended) }
            rest = rest[rest.index(after: end)...]
        }
        add(rest)
    }

    /// The last line, where the body did not end with a line's end. Empty lines are passed over.
    mutating func finish() -> Line? {
        defer {
            held.removeAll(keepingCapacity: true)
            hash = nil
        }
        guard let hash else { return held.isEmpty ? nil : .whole(held) }
        let value = hash.finalize().prefix(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        return .tooLong(Fingerprint(value: value), Self.sequence(of: held))
    }

    private mutating func add(_ bytes: some Collection<UInt8>) {
        if hash != nil {
            hash?.update(data: Array(bytes))
        } else if held.count + bytes.count <= Record.longestLine {
            held += bytes
        } else {
            var hash = SHA256()
            hash.update(data: held)
            hash.update(data: Array(bytes))
            self.hash = hash
            held = Array((held + bytes.prefix(64)).prefix(64))
        }
    }

    /// The number at the beginning of a record's line that cannot be read as a whole: `{"seq":N,`.
    static func sequence(of head: some Collection<UInt8>) -> Record.Sequence? {
        let head = Array(head.prefix(64))
        let opening = Array("{\"seq\":".utf8)
        guard head.starts(with: opening) else { return nil }
        let digits = head.dropFirst(opening.count).prefix { (48...57).contains($0) }
        guard (1...16).contains(digits.count), head.dropFirst(opening.count + digits.count).first == UInt8(ascii: ",")
        else { return nil }
        let number = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
        return (1...Record.highestSequence).contains(number) ? number : nil
    }
}
