import Foundation
import GRDB
import Model

// How values of Model stand in columns. What is read back was checked when it was written; a row that no longer obeys
// is damage, and says so.

extension Bytes32 {
    var data: Data { Data(bytes) }
}

extension Fingerprint {
    var data: Data {
        Data(stride(from: 120, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt128($0)) })
    }
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

    func info() throws -> FileInfo {
        guard let typeName: String = self["type"], let type = ImageType(rawValue: typeName) else {
            throw Damage(column: "type")
        }
        var size: PixelSize?
        if let width: Int = self["width"], let height: Int = self["height"] {
            size = PixelSize(width: width, height: height)
        }
        let form: Int = self["form"]
        return FileInfo(
            path: try path("path"), image: try image("image"), form: form == 0 ? .main : .reduced, bytes: self["bytes"],
            mainBytes: self["main_bytes"], type: type, size: size, captured: self["captured"], edge: self["edge"],
            replaces: try images("replaces"))
    }

    private func images(_ column: String) throws -> [ImageID] {
        guard let data: Data = self[column] else { return [] }
        return try stride(from: 0, to: data.count, by: 32).map { offset in
            guard let bytes = Bytes32(data.dropFirst(offset).prefix(32)) else { throw Damage(column: column) }
            return ImageID(bytes)
        }
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
    static let columns = "path, image, form, type, bytes, main_bytes, width, height, captured, edge, replaces"

    /// As many question marks as there are ``columns``.
    static let marks = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
    static let columnCount = 11

    /// Values for ``columns``, in their order.
    var arguments: StatementArguments {
        [
            path.description, image.bytes.data, form.column, type.rawValue, bytes, mainBytes, size?.width, size?.height,
            captured, edge, replaces.isEmpty ? nil : Data(replaces.flatMap(\.bytes.bytes)),
        ]
    }
}
