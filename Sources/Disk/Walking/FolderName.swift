/// The path of a folder as a key: two are the same only when their bytes are, as they are two folders.
struct FolderName: Hashable, Comparable {
    let path: String

    init(_ path: String?) { self.path = path ?? "" }

    static func == (a: Self, b: Self) -> Bool { a.path.utf8.elementsEqual(b.path.utf8) }

    static func < (a: Self, b: Self) -> Bool { a.path.utf8.lexicographicallyPrecedes(b.path.utf8) }

    func hash(into hasher: inout Hasher) { for byte in path.utf8 { hasher.combine(byte) } }
}
