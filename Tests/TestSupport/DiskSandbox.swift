public import Disk
public import Foundation
import Model

/// A library in a temporary folder, with the hands of a person in it.
public struct DiskSandbox: Sendable {
    /// The library's folder.
    public let folder: URL
    /// The library, opened with the real system calls.
    public let library: LibraryFolder

    /// Makes one below `parent`.
    public init(in parent: URL, named name: String = "Pictures") throws {
        folder = parent.appending(path: name)
        library = try LibraryFolder(path: folder.path, .create)
    }

    /// The place of a path.
    public func url(_ path: String) -> URL { URL(fileURLWithPath: folder.path + "/" + path) }

    /// Writes a file as a person would, with its folders.
    @discardableResult
    public func write(_ path: String, _ bytes: [UInt8]) throws -> KnownFile {
        try put(path, bytes)
        return try known(path)
    }

    /// Writes a file under any name, a hidden one too.
    public func put(_ path: String, _ bytes: [UInt8]) throws {
        try FileManager.default.createDirectory(
            at: url(path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url(path))
    }

    /// The bytes of a file; nil when it is not there.
    public func read(_ path: String) -> [UInt8]? { (try? Data(contentsOf: url(path))).map(Array.init) }

    /// Whether anything has that name.
    public func exists(_ path: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: url(path).path)) != nil
    }

    /// The file as it stands there now.
    public func known(_ path: String) throws -> KnownFile {
        let path = try RelativePath(path)
        guard let found = try library.find(path) else { throw CocoaError(.fileNoSuchFile) }
        return KnownFile(path: path, identity: found.identity)
    }

    /// The names in a folder, in order.
    public func names(_ path: String = "") -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: url(path).path)) ?? []).sorted()
    }

    /// Every visible file of the library with its bytes.
    public func visible() throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        _ = try LibraryWalk(library: library).walk { batch in
            for file in batch { files[file.path.description] = read(file.path.description) }
        }
        return files
    }
}
