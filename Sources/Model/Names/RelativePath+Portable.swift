/// Names on disks of Windows' file systems, such as exFAT and FAT.
extension RelativePath {
    /// The characters that they take none of, and what looks like them.
    private static let alike: [Character: Character] = [
        ":": "\u{FF1A}", "?": "\u{FF1F}", "*": "\u{FF0A}", "\"": "\u{FF02}", "<": "\u{FF1C}", ">": "\u{FF1E}",
        "|": "\u{FF5C}", "\\": "\u{FF3C}",
    ]

    /// The characters that they take none of.
    public static let unportable = Set(alike.keys)

    /// The same with letters that look alike for those that they take none of; nil where it has none, or would be too long.
    public var portable: RelativePath? {
        let text = String(description.map { Self.alike[$0] ?? $0 })
        return text == description ? nil : try? RelativePath(text)
    }

    /// Whether it is one name with `other` where case does not count.
    public func isSame(ignoringCaseOf other: RelativePath) -> Bool {
        description.lowercased() == other.description.lowercased()
    }
}
