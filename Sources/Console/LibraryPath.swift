import Control

/// What a person types for a place in the library, turned into the path below the library's folder.
///
/// It is tried as the shell means it, then relative to the library. Every verb that takes a PATH goes through here.
struct LibraryPath {
    /// The library's folder, absolute.
    var library: String
    /// The folder that the command runs in, absolute.
    var current: String
    /// The person's home folder, absolute.
    var home: String
    /// A path with its symbolic links followed; nil where there is none. `realpath(3)`.
    var real: @Sendable (String) -> String?

    /// What an argument may mean.
    struct Meaning: Equatable {
        /// The path below the library; the empty text for the library itself.
        var path: String
        /// Whether it is what the shell means by it.
        var isShells: Bool
    }

    /// What an argument may mean in the library, best first, and what it means outside.
    struct Meanings {
        var inside: [Meaning] = []
        /// The file or folder outside the library that the shell means; nil where there is none.
        var outside: String?
    }

    /// An absolute path, and one below `~`, has the shell's meaning only.
    func meanings(of argument: String) -> Meanings {
        var meanings = Meanings()
        guard !argument.isEmpty else { return meanings }
        let isHome = argument == "~" || argument.utf8.starts(with: "~/".utf8)
        let isAbsolute = argument.utf8.first == UInt8(ascii: "/")
        let shells = isAbsolute ? argument : isHome ? home + "/" + argument.dropFirst() : current + "/" + argument
        meanings.inside = below(shells).map { Meaning(path: $0, isShells: true) }
        if place(of: shells).inside == nil { meanings.outside = real(shells) }
        if !isAbsolute, !isHome {
            for path in below(library + "/" + argument)
            where !meanings.inside.contains(where: { $0.path.utf8.elementsEqual(path.utf8) }) {
                meanings.inside.append(Meaning(path: path, isShells: false))
            }
        }
        return meanings
    }

    /// Whether a file or folder stands at this path in the library.
    func isHere(_ meaning: Meaning) -> Bool {
        let root = Self.components(place(of: library).absolute)
        let all = "/" + (root + Self.components(meaning.path)).joined(separator: "/")
        return real(all).map { $0.utf8.elementsEqual(all.utf8) } ?? false
    }

    func failure(_ argument: String, _ meanings: Meanings) -> ControlFailure {
        guard !argument.isEmpty else {
            return ControlFailure(
                .usage, "An empty PATH names nothing: name a file or folder in the library \(library).")
        }
        let isWritten = meanings.outside == nil || meanings.outside?.utf8.elementsEqual(argument.utf8) == true
        let what = isWritten ? "'\(argument)'" : "'\(argument)' is \(meanings.outside ?? ""), which"
        return ControlFailure(
            .usage, "\(what) does not lie in the library \(library): name a file or folder in it.")
    }

    /// What `path` may be below the library: where the kernel finds it, and as it is written, which differs where a link
    /// in the library leads elsewhere. Behind a `..` only the kernel's way counts: it leaves the folder that a link leads to.
    private func below(_ path: String) -> [String] {
        var found = place(of: path).inside.map { [$0] } ?? []
        let parts = Self.components(path)
        if !parts.contains("..") {
            for root in [library, place(of: library).absolute] {
                guard let inside = Self.strip(Self.components(root), from: parts) else { continue }
                if !found.contains(where: { $0.utf8.elementsEqual(inside.utf8) }) { found.append(inside) }
            }
        }
        return found
    }

    /// Where the kernel finds `path`, with what of it is not there as it is written; and what of that is in the library.
    private func place(of path: String) -> (absolute: String, inside: String?) {
        let place = followed(path)
        return ("/" + place.joined(separator: "/"), Self.strip(followed(library), from: place))
    }

    private func followed(_ path: String) -> [String] {
        var place: [String] = []
        for part in Self.components(path) {
            if part == ".." {
                _ = place.popLast()
            } else {
                let next = place + [part]
                place = real("/" + next.joined(separator: "/")).map(Self.components) ?? next
            }
        }
        return place
    }

    private static func strip(_ folder: [String], from path: [String]) -> String? {
        guard path.count >= folder.count, zip(folder, path).allSatisfy({ $0.utf8.elementsEqual($1.utf8) }) else {
            return nil
        }
        return path.dropFirst(folder.count).joined(separator: "/")
    }

    /// The names in a path, without `.` and doubled slashes. Cut at bytes: a name that begins with a combining mark must
    /// not swallow the slash before it.
    private static func components(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
            .map { String(decoding: $0, as: UTF8.self) }
    }
}
