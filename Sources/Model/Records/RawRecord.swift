import Foundation

// The keys of records as they stand in their lines, and what is checked of each before anything believes it.

struct RawSequence: Decodable {
    var seq: Int64
    var valid: Record.Sequence? { (1...Record.highestSequence).contains(seq) ? seq : nil }
}

struct RawKind: Decodable { var kind: String }

/// A record of a later version.
struct RawStranger: RawRecord {
    var seq: Int64
    func content() throws(RawFault) -> Record.Content { throw RawFault(reason: "kind is not one of this version's") }
}

/// The keys of one kind of record, not yet checked.
protocol RawRecord: Decodable {
    var seq: Int64 { get }
    func content() throws(RawFault) -> Record.Content
}

struct RawFault: Error { var reason: String }

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

struct RawDeletion: RawRecord {
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

struct RawEdit: RawRecord {
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

struct RawFile: RawRecord {
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
    var duration: Int64?
    var edge: Int?
    var replaces: [String]?
    var edition: Int64?
    var generation: Int64?
    var attributes: RawAttributes?

    func content() throws(RawFault) -> Record.Content { .file(try info()) }

    private func info() throws(RawFault) -> FileInfo {
        let checkedPath = try path(path)
        let image = try image(image, "image")
        guard let form = Form(rawValue: form) else { throw RawFault(reason: "form is neither main nor reduced") }
        guard let type = ImageType(rawValue: type) else {
            throw RawFault(reason: "type is not 1 to 16 small letters and digits")
        }
        let sizes = 1...FileInfo.mostBytes
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
        if let duration, !(1...FileInfo.longestFilm).contains(duration) {
            throw RawFault(reason: "duration \(duration) is out of range")
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
        if let generation, !(1...FileInfo.highestGeneration).contains(generation) {
            throw RawFault(reason: "generation \(generation) is out of range")
        }
        if let edition, !(1...FileInfo.highestEdition).contains(edition) {
            throw RawFault(reason: "edition \(edition) is out of range")
        }
        var replaced: [ImageID] = []
        for text in replaces ?? [] { replaced.append(try self.image(text, "replaces")) }
        return FileInfo(
            path: checkedPath, image: image, form: form, bytes: bytes, mainBytes: mainBytes, type: type, size: size,
            captured: captured, duration: duration, edge: edge, replaces: replaced, edition: edition,
            generation: generation, attributes: try attributes?.checked())
    }
}

struct RawAttributes: Decodable {
    var seconds: Int64
    var nanoseconds: Int64
    var mode: Int64
    var changes: Int64?
    var extended: [String: String]?

    func checked() throws(RawFault) -> FileAttributes {
        var values: [FileAttributes.Extended] = []
        for (name, text) in extended ?? [:] {
            guard FileAttributes.isName(name), let value = Data(base64Encoded: text) else {
                throw RawFault(reason: "attributes has an extended one of a wrong name or value")
            }
            values.append(FileAttributes.Extended(name: name, value: Array(value)))
        }
        guard let nanoseconds = Int32(exactly: nanoseconds), (0...0o777).contains(mode),
            let result = FileAttributes(
                seconds: seconds, nanoseconds: nanoseconds, mode: UInt16(mode), extended: values, changes: changes ?? 0)
        else { throw RawFault(reason: "attributes is out of range") }
        return result
    }
}
