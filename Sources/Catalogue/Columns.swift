import Foundation
import GRDB
import Model

// How values of Model stand in columns. What is read back was checked when it was written; a row that no longer obeys
// is damage, and says so.

extension Bytes32 {
    var data: Data { withUnsafeBytes { Data($0) } }
}

extension Fingerprint {
    var data: Data { withUnsafeBytes(of: value.bigEndian) { Data($0) } }
}

extension Form {
    var column: Int { self == .main ? 0 : 1 }
}

extension Row {
    /// Why a row cannot be read: its content was changed by something else than Mainstay.
    struct Damage: Error, CustomStringConvertible {
        var column: String
        var description: String { "the column \(column) of a row holds what Mainstay never wrote" }
    }

    func fingerprint(_ column: String) throws -> Fingerprint {
        guard let data: Data = self[column], data.count == 16 else { throw Damage(column: column) }
        return Fingerprint(value: data.reduce(0) { $0 << 8 | UInt128($1) })
    }

    func image(_ column: String) throws -> ImageID {
        guard let data: Data = self[column], let bytes = Bytes32(data) else { throw Damage(column: column) }
        return ImageID(bytes)
    }

    func node(_ column: String) throws -> NodeID {
        guard let data: Data = self[column], let bytes = Bytes32(data) else { throw Damage(column: column) }
        return NodeID(bytes)
    }

    func path(_ column: String) throws -> RelativePath {
        guard let text: String = self[column] else { throw Damage(column: column) }
        do {
            return try RelativePath(text)
        } catch {
            throw Damage(column: column)
        }
    }

    /// The file info of a row that has ``FileInfo/columns`` from the column number `first` on.
    ///
    /// By number, because a name is looked up among all others again for each row.
    func info(at first: Int) throws -> FileInfo {
        guard let type = (self[first + 3] as String?).flatMap({ ImageType(rawValue: $0) }) else {
            throw Damage(column: "type")
        }
        var size: PixelSize?
        if let width: Int = self[first + 6], let height: Int = self[first + 7] {
            size = PixelSize(width: width, height: height)
        }
        let form: Int = self[first + 2]
        return FileInfo(
            path: try path(at: first), image: try image(at: first + 1), form: form == 0 ? .main : .reduced,
            bytes: self[first + 4], mainBytes: self[first + 5], type: type, size: size, captured: self[first + 8],
            duration: self[first + 14], edge: self[first + 9], replaces: try images(at: first + 10),
            edition: self[first + 13], generation: self[first + 11], attributes: try fileAttributes(at: first + 12))
    }

    func fileAttributes(at column: Int) throws -> FileAttributes? {
        guard let data: Data = self[column] else { return nil }
        guard let attributes = FileAttributes(bytes: data) else { throw Damage(column: "attributes") }
        return attributes
    }

    func images(at column: Int) throws -> [ImageID] {
        guard let data: Data = self[column] else { return [] }
        return try stride(from: 0, to: data.count, by: 32).map { offset in
            guard let bytes = Bytes32(data.dropFirst(offset).prefix(32)) else { throw Damage(column: "replaces") }
            return ImageID(bytes)
        }
    }

    func image(at column: Int) throws -> ImageID {
        let bytes = try withUnsafeData(atIndex: column) { $0.flatMap { Bytes32($0) } }
        guard let bytes else { throw Damage(column: "\(column)") }
        return ImageID(bytes)
    }

    func fingerprint(at column: Int) throws -> Fingerprint {
        let value = try withUnsafeData(atIndex: column) { data -> UInt128? in
            guard let data, data.count == 16 else { return nil }
            return data.withUnsafeBytes { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
        }
        guard let value else { throw Damage(column: "fingerprint") }
        return Fingerprint(value: value)
    }

    func path(at column: Int) throws -> RelativePath {
        guard let text: String = self[column], let path = try? RelativePath(text) else {
            throw Damage(column: "path")
        }
        return path
    }

    func deletion() throws -> Deletion {
        Deletion(
            image: try image("image"), path: try path("path"), generation: self["generation"],
            isDeleted: self["deleted"], at: self["at"], by: try node("by"))
    }

    func recipe(_ column: String) throws -> RecipeID {
        guard let data: Data = self[column], let bytes = Bytes32(data) else { throw Damage(column: column) }
        return RecipeID(bytes)
    }

    func edit() throws -> Edit {
        guard let json: String = self["json"], let recipe = try? Recipe(json: Array(json.utf8)) else {
            throw Damage(column: "json")
        }
        var made: Edit.Made?
        if let generation: Int64 = self["made_generation"] {
            made = Edit.Made(image: try image("made"), generation: generation)
        }
        return Edit(
            recipe: recipe, path: try path("path"), generation: self["generation"], isUndone: self["undone"],
            at: self["at"], by: try node("by"), made: made)
    }
}

extension FileInfo {
    static let columns =
        """
        path, image, form, type, bytes, main_bytes, width, height, captured, edge, replaces, generation, attributes,
        edition, duration
        """

    /// As many question marks as there are ``columns``.
    static let marks = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
    static let columnCount = 15

    /// Values for ``columns``, in their order.
    var arguments: StatementArguments {
        [
            path.description, image.bytes.data, form.column, type.rawValue, bytes, mainBytes, size?.width, size?.height,
            captured, edge, replaces.isEmpty ? nil : Data(replaces.flatMap(\.bytes.bytes)),
            generation,
            attributes.map { Data($0.bytes) }, edition, duration,
        ]
    }
}
