import Control

/// What a person types for a place in the library, turned into the path below the library's folder.
struct LibraryPath {
    /// The library's folder, absolute.
    var library: String
    /// The folder that the command runs in, absolute.
    var current: String
    /// A path with its symbolic links followed; nil where there is none. `realpath(3)`.
    var real: @Sendable (String) -> String?

    /// The path below the library; the empty text for the library itself.
    ///
    /// An absolute path must lie in the library. A relative one is taken from the current folder when that lies in the
    /// library, else from the library. Throws `usage` for a path outside.
    func resolve(_ argument: String) throws -> String {
        let base = below(current) == nil ? library : current
        let absolute = Self.normalised(argument.hasPrefix("/") ? argument : base + "/" + argument)
        if let inside = below(absolute) { return inside }
        throw ControlFailure(
            .usage, "'\(argument)' does not lie in the library \(library): name a file or folder in it.")
    }

    /// Whether the command runs in the library.
    var isInside: Bool { below(current) != nil }

    /// What of `path` lies below the library's folder; nil where it lies outside. Looks through symbolic links where
    /// the path as it is written does not tell.
    private func below(_ path: String) -> String? {
        let library = Self.normalised(library)
        if let inside = Self.strip(library, from: path) { return inside }
        guard let realLibrary = real(library) else { return nil }
        // The file itself need not be there; the nearest folder above it that is tells.
        var folder = path.utf8[...]
        while true {
            if let place = real(String(decoding: folder, as: UTF8.self)) {
                let rest = path.utf8[folder.endIndex...]
                return Self.strip(
                    realLibrary, from: Self.normalised(place + "/" + String(decoding: rest, as: UTF8.self)))
            }
            guard let slash = folder.lastIndex(of: UInt8(ascii: "/")), slash != folder.startIndex else { return nil }
            folder = folder[..<slash]
        }
    }

    private static func strip(_ folder: String, from path: String) -> String? {
        if path.utf8.elementsEqual(folder.utf8) { return "" }
        let prefix = folder == "/" ? folder : folder + "/"
        guard path.utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: path.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    /// The absolute path without `.`, `..` and doubled slashes.
    private static func normalised(_ path: String) -> String {
        // Cut at bytes: a name that begins with a combining mark must not swallow the slash before it.
        var parts = [Substring.UTF8View]()
        for part in path.utf8.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
            if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }
}
