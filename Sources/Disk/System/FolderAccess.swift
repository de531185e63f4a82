import Glibc
import SystemPackage

/// Opens folders below one folder, component by component, never through a symbolic link.
///
/// Each step is an openat(2) with O_NOFOLLOW on the folder that the step before has opened, so that whatever anyone
/// does to the names meanwhile, no step can leave the tree.
struct FolderAccess: Sendable {
    let root: Int32
    let calls: any SystemCalls

    static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW

    /// Opens the folder at `text`; the empty text is the root.
    func open(_ text: String) throws(DiskError) -> Descriptor {
        var current = try step(root, ".", text)
        for component in Self.components(text) { current = try step(current.number, component, text) }
        return current
    }

    /// Opens the folder at `text`, making what is not there. Every folder made, and the one it was made in, is synced
    /// when `synced`: a file that is synced below it can otherwise be lost with its folder in a power cut.
    func make(_ text: String, synced: Bool) throws(DiskError) -> Descriptor {
        var current = try step(root, ".", text)
        for component in Self.components(text) {
            do {
                current = try step(current.number, component, text)
            } catch  where error.code == .notFound {
                do {
                    try calls.makeFolder(current.number, component, mode: 0o755)
                } catch  where error == .fileExists {
                    // Another thread, or a person, was quicker; opening it tells whether it is a folder.
                } catch {
                    throw .makeFolder(error, text)
                }
                if synced { try sync(current.number, text) }
                current = try step(current.number, component, text)
                if synced { try sync(current.number, text) }
            }
        }
        return current
    }

    /// fsync of a folder. File systems that have no such thing (some network and FUSE ones) say EINVAL, and keep the
    /// order of names in another way.
    func sync(_ folder: Int32, _ path: String) throws(DiskError) {
        do {
            try calls.sync(folder)
        } catch  where error == .invalidArgument || error == .notSupported {
        } catch {
            throw .sync(error, path)
        }
    }

    /// What stands under `name` in an open folder; a symbolic link is told as such.
    func status(_ folder: Int32, _ name: String, _ path: String) throws(DiskError) -> FileStatus {
        do { return try calls.status(folder, name) } catch { throw .status(error, path) }
    }

    /// What an open file is.
    func status(_ file: Int32, _ path: String) throws(DiskError) -> FileStatus {
        do { return try calls.status(file) } catch { throw .status(error, path) }
    }

    private func step(_ folder: Int32, _ name: String, _ path: String) throws(DiskError) -> Descriptor {
        do {
            return Descriptor(try calls.open(folder, name, flags: Self.flags, mode: 0), calls)
        } catch {
            throw .open(error, path)
        }
    }

    private static func components(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
    }
}
