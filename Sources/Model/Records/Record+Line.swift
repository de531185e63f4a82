import Foundation

/// The canonical encoding of a record: one JSON object on one line, without the line's end.
///
/// The writer of a record decides its bytes and the fingerprint is taken of them as they are, so two versions of the
/// agent may differ in how they write a line without their mirrors ever disagreeing about it. Grammar:
/// `PeerProtocol.docc/Protocol.md`.
extension Record {
    /// Bytes that one line may have at most: a path of the greatest length, wholly escaped, and the numbers.
    public static let longestLine = 8 * 1024

    /// A record that this node refuses, and why.
    public struct Refusal: Error, CustomStringConvertible, Equatable {
        /// The sequence number of the refused record, where it could be read.
        public var sequence: Sequence?
        /// The fault, as a clause: "path has a component '.' or '..'".
        public var reason: String

        public init(sequence: Sequence?, reason: String) {
            self.sequence = sequence
            self.reason = reason
        }

        public var description: String {
            sequence.map { "record \($0): \(reason)" } ?? "a record without a sequence number: \(reason)"
        }
    }

    /// The canonical encoding. Keys in this order, none left out but those without a value, no white space.
    ///
    /// Extended attributes for which the line has no room, because the path is long, are left out.
    public var line: [UInt8] {
        let whole = encoded
        guard whole.count > Self.longestLine, case .file(var info) = content, let attributes = info.attributes else {
            return whole
        }
        info.attributes = attributes.plain
        return Record(sequence: sequence, info: info).encoded
    }

    private var encoded: [UInt8] {
        var line = RecordLine()
        line.add("{\"seq\":", sequence)
        switch content {
        case .file(let info): line.add(info)
        case .deletion(let deletion): line.add(deletion)
        case .edit(let edit): line.add(edit)
        }
        line.add("}")
        return line.bytes
    }

    /// Reads one line from a peer. Everything in it is checked here; nothing later needs to doubt it.
    public init(line: some Collection<UInt8>) throws(Refusal) {
        guard line.count <= Self.longestLine else {
            throw Refusal(sequence: nil, reason: "is longer than \(Self.longestLine) bytes")
        }
        if let raw = line.withContiguousStorageIfAvailable({ RawFile(asWritten: $0) }) ?? nil {
            try self.init(raw)
            return
        }
        let raw: any RawRecord
        do {
            raw = try JSONDecoder().decode(Self.rawType(of: line), from: Data(line))
        } catch {
            throw Refusal(
                sequence: (try? JSONDecoder().decode(RawSequence.self, from: Data(line)))?.valid,
                reason: "is not the JSON object of a record (\(Self.clause(error)))")
        }
        try self.init(raw)
    }

    private init(_ raw: some RawRecord) throws(Refusal) {
        guard (1...Self.highestSequence).contains(raw.seq) else {
            throw Refusal(sequence: nil, reason: "seq \(raw.seq) is not between 1 and \(Self.highestSequence)")
        }
        do {
            self.init(sequence: raw.seq, try raw.content())
        } catch {
            throw Refusal(sequence: raw.seq, reason: error.reason)
        }
    }

    private static func rawType(of line: some Collection<UInt8>) throws -> any RawRecord.Type {
        guard namesKind(line) else { return RawFile.self }
        let kind = try JSONDecoder().decode(RawKind.self, from: Data(line)).kind
        return switch kind {
        case "deletion": RawDeletion.self
        case "edit": RawEdit.self
        default: RawStranger.self
        }
    }

    /// Whether the line has the key that only records of other kinds than a file's have.
    private static func namesKind(_ line: some Collection<UInt8>) -> Bool {
        let key = Array("\"kind\":".utf8)
        var rest = line[...]
        while let quote = rest.firstIndex(of: key[0]) {
            rest = rest[quote...]
            if rest.starts(with: key) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    private static func clause(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "no \(key.stringValue)"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "\(context.codingPath.last?.stringValue ?? "value") is of the wrong type"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            "\(context.codingPath.last?.stringValue ?? "value") is out of range"
        default: "not JSON, or a number out of range"
        }
    }
}
