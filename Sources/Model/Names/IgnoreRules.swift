public import Glibc

/// Which files of a library are left alone by their names: neither listed nor given to anybody, and never touched.
public struct IgnoreRules: Hashable, Sendable {
    /// Why a file is left alone.
    public enum Reason: Sendable, Hashable {
        /// It is not done yet: see ``UnfinishedName``.
        case unfinished
        /// A desktop would run it: see ``RelativePath/refusalFromPeer``.
        case runnable
        /// A pattern of the settings or one of ``standard`` says so.
        case ignored
    }

    /// Names of files and folders, in small letters, that cameras, disks, desktops and other programs keep for themselves.
    ///
    /// Sources: Synology DSM (`@eaDir`, `#recycle`, `#snapshot`), QNAP (`@Recently-Snapshot`, `@Recycle`, `.@__thumb` is
    /// hidden), Windows (`Thumbs.db`, `ehthumbs.db`, `desktop.ini`, `$RECYCLE.BIN`, `System Volume Information`), macOS
    /// (`Icon` with a carriage return is no name here; `__MACOSX` in archives), Picasa (`Picasa.ini`; `.picasa.ini` is
    /// hidden), e2fsprogs (`lost+found`).
    public static let standard = [
        "@eadir", "#recycle", "#snapshot", "@recently-snapshot", "@recycle", "thumbs.db", "ehthumbs.db",
        "ehthumbs_vista.db", "desktop.ini", "$recycle.bin", "system volume information", "__macosx", "picasa.ini",
        "lost+found",
    ]

    private static let names = standard.map { Array($0.utf8) }

    /// The patterns of a person, as they were given.
    public let patterns: [String]

    /// Why a text is no pattern. The description fits behind it.
    public struct Refusal: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// Patterns that a person may give, and bytes of each.
    public static let mostPatterns = 100
    public static let longestPattern = 200

    /// The standard names alone.
    public init() { patterns = [] }

    /// The standard names, and `patterns`: `*`, `?` and `[…]` as in a shell, whatever the case of letters of
    /// ASCII; `?` is one byte. One without a slash is the name of a
    /// file or folder wherever it stands, one with a slash a path below the library.
    public init(_ patterns: [String]) throws(Refusal) {
        for pattern in patterns {
            if pattern.isEmpty { throw Refusal(description: "is empty") }
            if pattern.utf8.count > Self.longestPattern {
                throw Refusal(description: "is longer than \(Self.longestPattern) bytes")
            }
            if pattern.hasPrefix("!") {
                throw Refusal(
                    description: "begins with '!': there are no exceptions; name only what is to be left alone")
            }
            if pattern.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
                throw Refusal(description: "has a control character in it")
            }
            if pattern.allSatisfy({ "*?/".contains($0) }) {
                throw Refusal(description: "means every file; name what is to be left alone")
            }
        }
        if patterns.count > Self.mostPatterns {
            throw Refusal(description: "is one of more than \(Self.mostPatterns) patterns")
        }
        self.patterns = patterns
    }

    /// Why the file of this path is left alone; nil when it is not. Hidden names are none of a path.
    public func reason(_ path: RelativePath) -> Reason? {
        let bytes = path.description.utf8
        var start = bytes.startIndex
        while let slash = bytes[start...].firstIndex(of: UInt8(ascii: "/")) {
            if isIgnored(bytes[start..<slash], at: bytes[..<slash]) { return .ignored }
            start = bytes.index(after: slash)
        }
        return reason(file: bytes[start...], at: bytes[...])
    }

    /// Why a file is left alone, of which the folders are known not to be.
    ///
    /// - Parameters:
    ///   - name: the bytes of its own name.
    ///   - path: those of its path below the library.
    public func reason(
        file name: some BidirectionalCollection<UInt8>, at path: some BidirectionalCollection<UInt8>
    ) -> Reason? {
        // A reduced copy is as its main is.
        let suffix = RelativePath.reducedSuffix.utf8
        if name.count > suffix.count, name.suffix(suffix.count).elementsEqual(suffix) {
            return reason(main: name.dropLast(suffix.count), at: path.dropLast(suffix.count))
        }
        return reason(main: name, at: path)
    }

    private func reason(
        main name: some BidirectionalCollection<UInt8>, at path: some BidirectionalCollection<UInt8>
    ) -> Reason? {
        if UnfinishedName.matches(name) { return .unfinished }
        if isIgnored(name, at: path) { return .ignored }
        return RelativePath.runnableEnding(of: name) == nil ? nil : .runnable
    }

    /// Whether a file or folder is left alone by its name, whatever lies above it.
    public func isIgnored(_ name: some Collection<UInt8>, at path: some Collection<UInt8>) -> Bool {
        let count = name.count
        for standard in Self.names where standard.count == count {
            if zip(standard, name).allSatisfy({ $0 == ((0x41...0x5A).contains($1) ? $1 | 0x20 : $1) }) { return true }
        }
        return patterns.contains { pattern in
            let isPath = pattern.utf8.dropLast().contains(UInt8(ascii: "/"))
            var pattern = pattern[...]
            if pattern.hasSuffix("/") { pattern = pattern.dropLast() }
            if pattern.hasPrefix("/") { pattern = pattern.dropFirst() }
            let text = isPath ? String(decoding: path, as: UTF8.self) : String(decoding: name, as: UTF8.self)
            return fnmatch(String(pattern), text, Self.flags) == 0
        }
    }

    /// FNM_PATHNAME, FNM_NOESCAPE and FNM_CASEFOLD of `fnmatch.h`, which glibc defines where the importer does not look.
    private static let flags: Int32 = 1 << 0 | 1 << 1 | 1 << 4
}
