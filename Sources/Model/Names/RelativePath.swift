/// The place of a file below the library's folder, safe to join to it.
///
/// A value of this type never leads outside the library: it has no empty, `.` or `..` component, no leading slash,
/// no control character and no hidden component (so not `.mainstay` either). Two paths are the same only when their
/// bytes are: the composed and the decomposed form of one accented name are two paths, as they are two files.
public struct RelativePath: Sendable, Comparable, Codable, CustomStringConvertible {
    /// Why a text is no relative path. The description is a clause that fits behind a file's name.
    public enum Refusal: Error, Equatable, CustomStringConvertible {
        case empty, absolute, tooLong, componentTooLong, emptyComponent, dotComponent, hidden, controlCharacter
        case notUTF8

        /// What is wrong, in a few words.
        public var description: String {
            switch self {
            case .empty: "is empty"
            case .absolute: "is absolute"
            case .tooLong: "is longer than \(RelativePath.longest) bytes"
            case .componentTooLong: "has a name longer than \(RelativePath.longestComponent) bytes"
            case .emptyComponent: "has an empty component"
            case .dotComponent: "has a component '.' or '..'"
            case .hidden: "is hidden (a name begins with a dot)"
            case .controlCharacter: "has a control character in its name"
            case .notUTF8: "has a name that is not UTF-8"
            }
        }
    }

    /// Bytes in the whole path. Leaves room below Linux' PATH_MAX (4096) for the library's own folder and a suffix.
    public static let longest = 3000
    /// Bytes in one name: NAME_MAX of Linux' file systems.
    public static let longestComponent = 255

    /// The path, components separated by `/`.
    public let description: String

    /// Takes `text` when it obeys the rules above.
    public init(_ text: String) throws(Refusal) {
        var text = text
        if let refusal = text.withUTF8({ Self.refusal(of: $0) }) { throw refusal }
        description = text
    }

    /// One look at each byte: a catalogue has millions of paths.
    private static func refusal(of bytes: UnsafeBufferPointer<UInt8>) -> Refusal? {
        let (slash, dot) = (UInt8(ascii: "/"), UInt8(ascii: "."))
        if bytes.isEmpty { return .empty }
        if bytes[0] == slash { return .absolute }
        if bytes.count > longest { return .tooLong }
        var first: Refusal?
        var (start, previous): (Int, UInt8) = (0, 0)
        for index in 0...bytes.count {
            guard index < bytes.count, bytes[index] != slash else {
                first = first ?? refusal(ofComponent: UnsafeBufferPointer(rebasing: bytes[start..<index]), dot)
                (start, previous) = (index + 1, slash)
                continue
            }
            let byte = bytes[index]
            // C0, DEL, and the C1 block, which UTF-8 writes as C2 80 to C2 9F.
            if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && byte < 0xA0) { return .controlCharacter }
            previous = byte
        }
        return first
    }

    private static func refusal(ofComponent name: UnsafeBufferPointer<UInt8>, _ dot: UInt8) -> Refusal? {
        if name.isEmpty { return .emptyComponent }
        if name.count > longestComponent { return .componentTooLong }
        guard name[0] == dot else { return nil }
        return name.count == 1 || (name.count == 2 && name[1] == dot) ? .dotComponent : .hidden
    }

    /// A file beside `path`. Unchecked: for names that this module makes from one that was checked. May be longer than
    /// ``longest`` by the length of a suffix, for which that limit leaves room.
    init(sibling name: String, of path: RelativePath) {
        description = path.folder.map { "\($0)/\(name)" } ?? name
    }

    /// Takes the raw bytes of a file name or path, as the kernel gives them.
    public init(bytes: some Collection<UInt8>) throws(Refusal) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        try self.init(text)
    }

    /// The last component.
    public var name: String {
        description.utf8.lastIndex(of: UInt8(ascii: "/"))
            .map { String(description[description.utf8.index(after: $0)...]) } ?? description
    }

    /// The path of the folder that the file lies in; nil at the top of the library.
    public var folder: String? {
        description.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(description[..<$0]) }
    }

    /// The path with another last component.
    public func replacingName(with name: String) throws(Refusal) -> RelativePath {
        try RelativePath(folder.map { "\($0)/\(name)" } ?? name)
    }

    /// True when this is `folder` itself or lies below it; everything lies below the empty text.
    public func isWithin(_ folder: String) -> Bool {
        let folder = folder.utf8
        if folder.isEmpty { return true }
        let own = description.utf8
        guard own.starts(with: folder) else { return false }
        return own.count == folder.count || own.dropFirst(folder.count).first == UInt8(ascii: "/")
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(container.decode(String.self))
        } catch let refusal as Refusal {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a path that \(refusal)")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension RelativePath: Hashable {
    // String compares by canonical equivalence; file systems compare bytes.
    public static func == (a: Self, b: Self) -> Bool { bytes(a, b) { $0.elementsEqual($1) } }
    public static func < (a: Self, b: Self) -> Bool { bytes(a, b) { $0.lexicographicallyPrecedes($1) } }

    private static func bytes(
        _ a: Self, _ b: Self, _ compare: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        var (first, second) = (a.description, b.description)
        return first.withUTF8 { first in second.withUTF8 { compare(first, $0) } }
    }

    public func hash(into hasher: inout Hasher) {
        var text = description
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
