public import Model
import SystemPackage

/// Reaches files one after the other, keeping the folder of the last one open: for a moment's work on many of them.
struct OpenFolders {
    private final class Folder {
        let path: String
        let descriptor: Descriptor

        init(_ path: String, _ descriptor: consuming Descriptor) {
            self.path = path
            self.descriptor = descriptor
        }
    }

    let library: LibraryFolder
    private var last: Folder?

    init(_ library: LibraryFolder) { self.library = library }

    /// Opens a file.
    mutating func open(_ file: RelativePath) throws(DiskError) -> OpenFile {
        try OpenFile(library, file, in: folder(of: file).descriptor)
    }

    /// The file as it stands there now; nil when there is none, or none that is regular.
    mutating func find(_ file: RelativePath) throws(DiskError) -> FoundFile? {
        do {
            let status = try status(file)
            guard status.kind == .regular else { return nil }
            return FoundFile(path: file, identity: status.identity, ctime: status.ctime)
        } catch  where error.code == .notFound || error.code == .notAFolder {
            return nil
        }
    }

    /// What stands there now, whatever it is.
    mutating func status(_ file: RelativePath) throws(DiskError) -> FileStatus {
        try library.folders.status(folder(of: file).descriptor.number, file.name, file.description)
    }

    private mutating func folder(of file: RelativePath) throws(DiskError) -> Folder {
        let path = file.folder ?? ""
        if let last, last.path.utf8.elementsEqual(path.utf8) { return last }
        last = nil
        let folder = Folder(path, try library.folders.open(path))
        last = folder
        return folder
    }
}

extension LibraryFolder {
    /// The files as they stand there now, in the same order; nil where there is none, or none that is regular. Blocks.
    public func find(all paths: [RelativePath]) throws(DiskError) -> [FoundFile?] {
        var folders = OpenFolders(self)
        var found: [FoundFile?] = []
        found.reserveCapacity(paths.count)
        for path in paths { found.append(try folders.find(path)) }
        return found
    }
}
