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
        var text = "{\"seq\":\(sequence)"
        switch content {
        case .file(let info): text += Self.text(info)
        case .deletion(let deletion): text += Self.text(deletion)
        case .edit(let edit): text += Self.text(edit)
        }
        text += "}"
        return Array(text.utf8)
    }

    private static func text(_ info: FileInfo) -> String {
        var text = text(info.path)
        text += ",\"image\":\"\(info.image)\",\"form\":\"\(info.form.rawValue)\",\"type\":\"\(info.type.rawValue)\""
        text += ",\"bytes\":\(info.bytes),\"mainBytes\":\(info.mainBytes)"
        if let size = info.size { text += ",\"width\":\(size.width),\"height\":\(size.height)" }
        if let captured = info.captured { text += ",\"captured\":\(captured)" }
        if let edge = info.edge { text += ",\"edge\":\(edge)" }
        if !info.replaces.isEmpty {
            text += ",\"replaces\":[" + info.replaces.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        }
        return text
    }

    private static func text(_ deletion: Deletion) -> String {
        ",\"kind\":\"deletion\"" + text(deletion.path) + ",\"image\":\"\(deletion.image)\""
            + ",\"generation\":\(deletion.generation),\"deleted\":\(deletion.isDeleted)"
            + ",\"at\":\(deletion.at),\"by\":\"\(deletion.by)\""
    }

    private static func text(_ edit: Edit) -> String {
        var text = ",\"kind\":\"edit\"" + text(edit.path)
        text += ",\"recipe\":\(quoted(String(decoding: edit.recipe.json, as: UTF8.self)))"
        text += ",\"generation\":\(edit.generation),\"undone\":\(edit.isUndone),\"at\":\(edit.at),\"by\":\"\(edit.by)\""
        if let made = edit.made { text += ",\"made\":\"\(made.image)\",\"madeGeneration\":\(made.generation)" }
        return text
    }

    private static func text(_ path: RelativePath) -> String { ",\"path\":\(quoted(path.description))" }

    private static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            // Neither a path nor a recipe has control characters, so these two are all that JSON asks to escape.
            if scalar == "\"" || scalar == "\\" { text.append("\\") }
            text.unicodeScalars.append(scalar)
        }
        return text + "\""
    }

    /// Reads one line from a peer. Everything in it is checked here; nothing later needs to doubt it.
    public init(line: some Collection<UInt8>) throws(Refusal) {
        guard line.count <= Self.longestLine else {
            throw Refusal(sequence: nil, reason: "is longer than \(Self.longestLine) bytes")
        }
        let raw: any RawRecord
        do {
            raw = try JSONDecoder().decode(Self.rawType(of: line), from: Data(line))
        } catch {
            throw Refusal(
                sequence: (try? JSONDecoder().decode(RawSequence.self, from: Data(line)))?.valid,
                reason: "is not the JSON object of a record (\(Self.clause(error)))")
        }
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

private struct RawSequence: Decodable {
    var seq: Int64
    var valid: Record.Sequence? { (1...Record.highestSequence).contains(seq) ? seq : nil }
}

private struct RawKind: Decodable { var kind: String }

/// A record of a later version.
private struct RawStranger: RawRecord {
    var seq: Int64
    func content() throws(RawFault) -> Record.Content { throw RawFault(reason: "kind is not one of this version's") }
}

/// The keys of one kind of record, not yet checked.
private protocol RawRecord: Decodable {
    var seq: Int64 { get }
    func content() throws(RawFault) -> Record.Content
}

private struct RawFault: Error { var reason: String }

extension RawRecord {
    fileprivate func path(_ text: String) throws(RawFault) -> RelativePath {
        do { return try RelativePath(text) } catch { throw RawFault(reason: "path \(error)") }
    }

    fileprivate func image(_ text: String, _ key: String) throws(RawFault) -> ImageID {
        guard let image = ImageID(text) else { throw RawFault(reason: "\(key) is not 64 hexadecimal digits") }
        return image
    }
}

/// The years 0 to 9999, in seconds since 1970.
private let times: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

private struct RawDeletion: RawRecord {
    var seq: Int64
    var path: String
    var image: String
    var generation: Int64
    var deleted: Bool
    var at: Int64
    var by: String

    func content() throws(RawFault) -> Record.Content {
        guard (1...Deletion.highestGeneration).contains(generation) else {
            throw RawFault(reason: "generation \(generation) is out of range")
        }
        guard times.contains(at) else { throw RawFault(reason: "at \(at) is out of range") }
        guard let by = NodeID(by) else { throw RawFault(reason: "by is not a node id") }
        return .deletion(
            Deletion(
                image: try image(image, "image"), path: try path(path), generation: generation, isDeleted: deleted,
                at: at, by: by))
    }
}

private struct RawEdit: RawRecord {
    var seq: Int64
    var path: String
    var recipe: String
    var generation: Int64
    var undone: Bool
    var at: Int64
    var by: String
    var made: String?
    var madeGeneration: Int64?

    func content() throws(RawFault) -> Record.Content {
        let recipe: Recipe
        do {
            recipe = try Recipe(json: Array(self.recipe.utf8))
        } catch {
            throw RawFault(reason: "recipe is refused: \(error.reason)")
        }
        guard !recipe.look.isNeutral else { throw RawFault(reason: "recipe changes nothing") }
        guard (1...Edit.highestGeneration).contains(generation) else {
            throw RawFault(reason: "generation \(generation) is out of range")
        }
        guard times.contains(at) else { throw RawFault(reason: "at \(at) is out of range") }
        guard let by = NodeID(by) else { throw RawFault(reason: "by is not a node id") }
        var rendition: Edit.Made?
        switch (made, madeGeneration) {
        case (nil, nil): break
        case (let made?, let its?):
            guard (1...generation).contains(its) else {
                throw RawFault(reason: "madeGeneration \(its) is out of range")
            }
            rendition = Edit.Made(image: try image(made, "made"), generation: its)
        default: throw RawFault(reason: "made and madeGeneration do not come together")
        }
        guard rendition?.image != recipe.image else { throw RawFault(reason: "made is the image that it is made from") }
        return .edit(
            Edit(
                recipe: recipe, path: try path(path), generation: generation, isUndone: undone, at: at, by: by,
                made: rendition))
    }
}

private struct RawFile: RawRecord {
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
    var replaces: [String]?

    func content() throws(RawFault) -> Record.Content { .file(try info()) }

    private func info() throws(RawFault) -> FileInfo {
        let checkedPath = try path(path)
        let image = try image(image, "image")
        guard let form = Form(rawValue: form) else { throw RawFault(reason: "form is neither main nor reduced") }
        guard let type = ImageType(rawValue: type) else { throw RawFault(reason: "type is not one of this version's") }
        // A petabyte is more than any main, and leaves room to add up a billion of them in 63 bits.
        let sizes: ClosedRange<Int64> = 1...(1 << 50)
        guard sizes.contains(bytes) else { throw RawFault(reason: "bytes \(bytes) is out of range") }
        guard sizes.contains(mainBytes) else { throw RawFault(reason: "mainBytes \(mainBytes) is out of range") }
        var size: PixelSize?
        switch (width, height) {
        case (nil, nil): break
        case (let width?, let height?):
            guard (1...(1 << 24)).contains(width), (1...(1 << 24)).contains(height) else {
                throw RawFault(reason: "pixel size \(width)×\(height) is out of range")
            }
            size = PixelSize(width: width, height: height)
        default: throw RawFault(reason: "width and height do not come together")
        }
        if let captured, !times.contains(captured) {
            throw RawFault(reason: "captured \(captured) is out of range")
        }
        switch form {
        case .main:
            guard edge == nil else { throw RawFault(reason: "a main has an edge") }
            guard bytes == mainBytes else { throw RawFault(reason: "a main whose bytes differ from mainBytes") }
        case .reduced:
            guard let edge, (1...65_535).contains(edge) else {
                throw RawFault(reason: "a reduced copy without a valid edge")
            }
        }
        guard (replaces ?? []).count <= FileInfo.mostReplaced else {
            throw RawFault(reason: "replaces names more than \(FileInfo.mostReplaced) images")
        }
        var replaced: [ImageID] = []
        for text in replaces ?? [] { replaced.append(try self.image(text, "replaces")) }
        return FileInfo(
            path: checkedPath, image: image, form: form, bytes: bytes, mainBytes: mainBytes, type: type, size: size,
            captured: captured, edge: edge, replaces: replaced)
    }
}
