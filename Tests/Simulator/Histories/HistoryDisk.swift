import Catalogue
import Disk
import Model

/// The disk of one machine: which bytes stand under which name.
struct HistoryDisk {
    /// A file of the library.
    struct File: Equatable {
        /// The image, of a reduced copy that which its marker names.
        var image: ImageID
        var form: Form
        var bytes: Int64
        var inode: UInt64
        /// The times are counted in changes of this disk.
        var modified: Int64
        var changed: Int64

        var stamp: FileStamp { FileStamp(bytes: bytes, modified: modified, inode: inode, changed: changed) }
    }

    private(set) var files: [RelativePath: File] = [:]
    /// Mains that the agent has moved to the versions.
    private(set) var versions: Set<ImageID> = []
    private(set) var now: Int64 = 1

    /// The names, in their order.
    var names: [RelativePath] { files.keys.sorted() }

    func holds(_ image: ImageID, _ form: Form) -> Bool {
        files.values.contains { $0.image == image && $0.form == form }
    }

    /// A new file, over what stands there.
    mutating func create(_ path: RelativePath, _ image: ImageID, _ form: Form, bytes: Int64) -> FileStamp {
        now += 1
        let file = File(image: image, form: form, bytes: bytes, inode: UInt64(now), modified: now, changed: now)
        files[path] = file
        return file.stamp
    }

    /// Other bytes in the same file.
    mutating func write(_ path: RelativePath, _ image: ImageID, bytes: Int64) {
        now += 1
        files[path]?.image = image
        files[path]?.bytes = bytes
        files[path]?.modified = now
        files[path]?.changed = now
    }

    /// Files get other names, all at once.
    ///
    /// - Parameter isForced: whether what stands at a new name, and is not renamed itself, is lost.
    /// - Returns: the stamps of those that have their names now.
    mutating func move(_ moves: [(from: RelativePath, to: RelativePath)], isForced: Bool = false) -> [FileStamp?] {
        let lifted = moves.map { files.removeValue(forKey: $0.from) }
        return zip(moves, lifted).map { move, file in
            guard var file else { return nil }
            guard isForced || files[move.to] == nil else {
                files[move.from] = file
                return nil
            }
            now += 1
            file.changed = now
            files[move.to] = file
            return file.stamp
        }
    }

    mutating func remove(_ path: RelativePath) {
        now += 1
        files[path] = nil
    }

    mutating func setAside(_ path: RelativePath) {
        now += 1
        guard let file = files.removeValue(forKey: path) else { return }
        if file.form == .main { versions.insert(file.image) }
    }
}

extension FileStamp {
    var identity: FileIdentity {
        FileIdentity(bytes: bytes, mtime: modified, inode: inode, device: 0, ctime: changed)
    }
}
