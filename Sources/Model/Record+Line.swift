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
    public var line: [UInt8] {
        var text = "{\"seq\":\(sequence),\"path\":\""
        for scalar in info.path.description.unicodeScalars {
            // A path has no control characters, so these two are all that JSON asks to escape.
            if scalar == "\"" || scalar == "\\" { text.append("\\") }
            text.unicodeScalars.append(scalar)
        }
        text += "\",\"image\":\"\(info.image)\",\"form\":\"\(info.form.rawValue)\",\"type\":\"\(info.type.rawValue)\""
        text += ",\"bytes\":\(info.bytes),\"mainBytes\":\(info.mainBytes)"
        if let size = info.size { text += ",\"width\":\(size.width),\"height\":\(size.height)" }
        if let captured = info.captured { text += ",\"captured\":\(captured)" }
        if let edge = info.edge { text += ",\"edge\":\(edge)" }
        text += "}"
        return Array(text.utf8)
    }

    /// Reads one line from a peer. Everything in it is checked here; nothing later needs to doubt it.
    public init(line: some Collection<UInt8>) throws(Refusal) {
        guard line.count <= Self.longestLine else {
            throw Refusal(sequence: nil, reason: "is longer than \(Self.longestLine) bytes")
        }
        let raw: RawRecord
        do {
            raw = try JSONDecoder().decode(RawRecord.self, from: Data(line))
        } catch {
            throw Refusal(
                sequence: (try? JSONDecoder().decode(RawSequence.self, from: Data(line)))?.valid,
                reason: "is not the JSON object of a record (\(Self.clause(error)))")
        }
        guard (1...Self.highestSequence).contains(raw.seq) else {
            throw Refusal(sequence: nil, reason: "seq \(raw.seq) is not between 1 and \(Self.highestSequence)")
        }
        do {
            self.init(sequence: raw.seq, info: try raw.info())
        } catch {
            throw Refusal(sequence: raw.seq, reason: error.reason)
        }
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

private struct RawSequence: Decodable {
    var seq: Int64
    var valid: Record.Sequence? { (1...Record.highestSequence).contains(seq) ? seq : nil }
}

private struct RawRecord: Decodable {
    var seq: Int64
    var path: String
    var image: String
    var form: String
    var type: String
    var bytes: Int64
    var mainBytes: Int64
    var width: Int?
    var height: Int?
    var captured: Int64?
    var edge: Int?

    struct Fault: Error { var reason: String }

    func info() throws(Fault) -> FileInfo {
        let checkedPath: RelativePath
        do { checkedPath = try RelativePath(path) } catch { throw Fault(reason: "path \(error)") }
        guard let image = ImageID(image) else { throw Fault(reason: "image is not 64 hexadecimal digits") }
        guard let form = Form(rawValue: form) else { throw Fault(reason: "form is neither main nor reduced") }
        guard let type = ImageType(rawValue: type) else { throw Fault(reason: "type is not one of this version's") }
        // A petabyte is more than any main, and leaves room to add up a billion of them in 63 bits.
        let sizes: ClosedRange<Int64> = 1...(1 << 50)
        guard sizes.contains(bytes) else { throw Fault(reason: "bytes \(bytes) is out of range") }
        guard sizes.contains(mainBytes) else { throw Fault(reason: "mainBytes \(mainBytes) is out of range") }
        var size: PixelSize?
        switch (width, height) {
        case (nil, nil): break
        case (let width?, let height?):
            guard (1...(1 << 24)).contains(width), (1...(1 << 24)).contains(height) else {
                throw Fault(reason: "pixel size \(width)×\(height) is out of range")
            }
            size = PixelSize(width: width, height: height)
        default: throw Fault(reason: "width and height do not come together")
        }
        // The years 0 to 9999.
        if let captured, !(-62_167_219_200...253_402_300_799).contains(captured) {
            throw Fault(reason: "captured \(captured) is out of range")
        }
        switch form {
        case .main:
            guard edge == nil else { throw Fault(reason: "a main has an edge") }
            guard bytes == mainBytes else { throw Fault(reason: "a main whose bytes differ from mainBytes") }
        case .reduced:
            guard let edge, (1...65_535).contains(edge) else {
                throw Fault(reason: "a reduced copy without a valid edge")
            }
        }
        return FileInfo(
            path: checkedPath, image: image, form: form, bytes: bytes, mainBytes: mainBytes, type: type, size: size,
            captured: captured, edge: edge)
    }
}
