/// A folder of the library that names are added to, and that is synced once for all of them.
final class FolderToSync: Sendable {
    private let library: LibraryFolder
    private let path: String
    private let folder: Descriptor

    /// Opens it. What is made on the way is durable before anything in it is.
    init(_ library: LibraryFolder, _ path: String) throws(DiskError) {
        self.library = library
        self.path = path
        folder = try library.folders.make(path, synced: true)
    }

    var number: Int32 { folder.number }

    /// The names are durable before the catalogue may speak of them.
    func sync() throws(DiskError) { try library.folders.sync(folder.number, path) }
}
