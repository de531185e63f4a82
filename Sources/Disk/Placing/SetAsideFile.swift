import Model

/// A file in one of the agent's own folders: remember where it came from, to put it back.
public struct SetAsideFile: Sendable, Hashable {
    /// The folder it lies in.
    public var folder: StoreFolder
    /// Its name there.
    public var name: String
    /// Its state there.
    public var identity: FileIdentity

    public init(folder: StoreFolder, name: String, identity: FileIdentity) {
        self.folder = folder
        self.name = name
        self.identity = identity
    }

    /// Throws ``DiskError/Code/badName`` unless this can be a file set aside: what is in `incoming` is not, be it a main
    /// in part or one that is being evicted.
    func validate() throws(DiskError) { try Self.validate(name, in: folder) }

    static func validate(_ name: String, in folder: StoreFolder) throws(DiskError) {
        let bytes = name.utf8
        let isName =
            !bytes.isEmpty && bytes.count <= RelativePath.longestComponent && name != "." && name != ".."
            && !bytes.contains(UInt8(ascii: "/")) && !bytes.contains(0)
        guard isName, StoreFolder.asides.contains(folder) else {
            throw DiskError(
                code: .badName,
                message: "'\(EscapedName.text(Array(bytes)))' in '\(folder.path)' is no file that was set aside; "
                    + "take it from `syncctl trash`.",
                path: "\(folder.path)/\(name)", isRetryable: false)
        }
    }

    /// The file's own name with a random part before its ending, within what a name may hold.
    static func name(for path: RelativePath) -> String {
        let mark = "~" + Hex.encode((0..<5).map { _ in UInt8.random(in: 0...255) })
        let dot = path.name.lastIndex(of: ".") ?? path.name.endIndex
        var (stem, ending) = (path.name[..<dot], path.name[dot...])
        if ending.utf8.count > 32 { (stem, ending) = (path.name[...], "") }
        while stem.utf8.count + mark.utf8.count + ending.utf8.count > RelativePath.longestComponent {
            stem.removeLast()
        }
        return stem + mark + ending
    }
}
