import Glibc
import Model
import SystemPackage

/// The file `.mainstay/library`: that it is there says that the disk is, and its id says which one.
enum LibraryMarker {
    static let store = ".mainstay"
    static let name = "library"
    private static let first = "mainstay library "

    /// The id out of the marker. - Throws: `.libraryMissing` unless it is there and is the one expected.
    static func check(
        root: Int32, expected: String, library: String, _ calls: any SystemCalls
    ) throws(DiskError) -> String {
        func missing(_ sentence: String, _ errno: Errno? = nil) -> DiskError {
            DiskError(code: .libraryMissing, message: sentence, path: library, errno: errno, isRetryable: true)
        }
        let text: String
        do {
            let folder = Descriptor(try calls.open(root, store, flags: FolderAccess.flags, mode: 0), calls)
            let file = Descriptor(try calls.open(folder.number, name, flags: O_RDONLY | O_NOFOLLOW, mode: 0), calls)
            text = try calls.readText(file.number, limit: 256)
        } catch  where error == .noSuchFileOrDirectory || error == .notDirectory {
            throw missing(
                "The folder '\(library)' has no marker '\(store)/\(name)': mount the library's disk, "
                    + "or give another --library.", error)
        } catch {
            throw missing(
                "The marker '\(store)/\(name)' of the library '\(library)' cannot be read "
                    + "(\(error)); check the disk and the rights.", error)
        }
        guard let id = id(in: text) else {
            throw missing(
                "The marker '\(store)/\(name)' of the library '\(library)' is damaged; restore it from a backup.")
        }
        guard id == expected else {
            throw missing(
                "The folder '\(library)' holds another library (\(id), not \(expected)); mount the right disk, "
                    + "or give this agent another --state.")
        }
        return id
    }

    /// The id of the marker that is there, or of the one that is made now.
    ///
    /// Call it with the library's lock held: two agents must not both make one.
    static func readOrWrite(
        root: Int32, store: Int32, library: String, _ calls: any SystemCalls
    ) throws(DiskError) -> String {
        do {
            let file = Descriptor(try calls.open(store, name, flags: O_RDONLY | O_NOFOLLOW, mode: 0), calls)
            if let id = id(in: try calls.readText(file.number, limit: 256)) { return id }
        } catch  where error == .noSuchFileOrDirectory {
        } catch {
            throw .open(error, "\(Self.store)/\(name)")
        }
        let id = newID()
        let text = first + id + "\nMainstay needs this file to know that this disk is there. Leave it in its place.\n"
        // Under another name first: a marker is whole, or is not there. It is the last thing made in a new library.
        let temporary = "library.new"
        do {
            try? calls.unlink(store, temporary, folder: false)
            let file = Descriptor(
                try calls.open(store, temporary, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o644), calls)
            try calls.writeAll(file.number, Array(text.utf8))
            try calls.sync(file.number)
        } catch {
            throw .write(error, "\(Self.store)/\(name)")
        }
        do {
            // A marker that cannot be read as one (a power cut on another system, an editor) is put out of the way.
            try? calls.unlink(store, name, folder: false)
            try Rename.withoutReplacing(store, temporary, store, name, calls)
        } catch {
            throw .rename(error, "\(Self.store)/\(name)")
        }
        try FolderAccess(root: root, calls: calls).sync(store, Self.store)
        return id
    }

    private static func id(in text: String) -> String? {
        guard let line = text.split(separator: "\n", maxSplits: 1).first, line.hasPrefix(first) else { return nil }
        let id = line.dropFirst(first.count)
        let isUUID =
            id.utf8.count == 36 && id.utf8.allSatisfy { $0 == UInt8(ascii: "-") || Character(.init($0)).isHexDigit }
        return isUUID ? String(id) : nil
    }

    /// A random UUID (RFC 9562, version 4).
    private static func newID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Hex.encode(bytes)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}
