import Foundation

/// A path below the library by its bytes: strings do not tell composed accents from decomposed ones.
struct PictureName: Hashable, Comparable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    var description: String { String(decoding: bytes, as: UTF8.self) }

    static func < (a: Self, b: Self) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }

    private var slash: Int? { bytes.lastIndex(of: UInt8(ascii: "/")) }

    /// The folder that it is in; nil at the top.
    var folder: Self? { slash.map { Self(bytes: bytes[..<$0]) } }

    /// Its last part.
    var last: String { String(decoding: bytes[(slash.map { $0 + 1 } ?? 0)...], as: UTF8.self) }

    /// The same with another last part.
    func replacingLast(with name: String) -> Self { folder.map { Self("\($0)/\(name)") } ?? Self(name) }

    func isWithin(_ folder: Self) -> Bool { bytes.starts(with: folder.bytes + [UInt8(ascii: "/")]) }

    /// The same where `folder` is called `other`.
    func moved(from folder: Self, to other: Self) -> Self {
        Self(bytes: other.bytes + bytes.dropFirst(folder.bytes.count))
    }

    private static let suffix = Array(".reduced.jpg".utf8)

    /// The file of its reduced copy.
    var reduced: Self { Self(bytes: bytes + Self.suffix) }

    /// Of which picture a file of this name is a reduced copy; nil where it is none.
    var mainOfReduced: Self? {
        bytes.count > Self.suffix.count && bytes.suffix(Self.suffix.count).elementsEqual(Self.suffix)
            ? Self(bytes: bytes.dropLast(Self.suffix.count)) : nil
    }

    /// What a picture is called where another one has the name.
    func beside(_ machine: String) -> Self {
        let last = last
        let dot = last.lastIndex(of: ".") ?? last.endIndex
        return replacingLast(with: "\(last[..<dot]) (\(machine))\(last[dot...])")
    }

    /// With composed accents instead of decomposed ones, or the other way; the same where there are none.
    var inOtherForm: Self {
        let text = description
        let composed = Self(text.precomposedStringWithCanonicalMapping)
        return composed == self ? Self(text.decomposedStringWithCanonicalMapping) : composed
    }

    /// As a word of a shell's command.
    var quoted: String { "'\(description.replacing("'", with: "'\\''"))'" }
}
