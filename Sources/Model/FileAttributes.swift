/// What a main is beside its bytes: when it was changed, who may read it, and what its owner's desktop noted on it.
///
/// No part of the image: the same image may have others at each node.
public struct FileAttributes: Hashable, Sendable {
    /// Time of the last change of the content, in whole seconds since 1970, downwards.
    public let seconds: Int64
    /// And the nanoseconds of it, 0 to 999,999,999.
    public let nanoseconds: Int32
    /// The permission bits, 0 to 0o777.
    public let mode: UInt16
    /// The extended attributes of users, by name.
    public let extended: [Extended]

    /// An extended attribute (xattr(7)).
    public struct Extended: Hashable, Sendable {
        /// Begins with `user.`.
        public var name: String
        public var value: [UInt8]

        public init(name: String, value: [UInt8]) {
            (self.name, self.value) = (name, value)
        }
    }

    /// How many extended attributes a main may have.
    public static let mostExtended = 64
    /// Bytes of all names and values of extended attributes together: what ext4 has room for in one block.
    public static let mostBytes = 4096

    /// Nil where anything is out of its range.
    public init?(seconds: Int64, nanoseconds: Int32, mode: UInt16, extended: [Extended] = []) {
        guard Self.seconds.contains(seconds), (0..<1_000_000_000).contains(nanoseconds), mode <= 0o777,
            extended.count <= Self.mostExtended, Set(extended.map(\.name)).count == extended.count,
            extended.allSatisfy({ Self.isName($0.name) }),
            extended.reduce(0, { $0 + $1.name.utf8.count + $1.value.count }) <= Self.mostBytes
        else { return nil }
        (self.seconds, self.nanoseconds, self.mode) = (seconds, nanoseconds, mode)
        self.extended = extended.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
    }

    /// The years 0 to 9999.
    private static let seconds: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    /// Whether an extended attribute may have this name: one of users', of at most 255 bytes (`XATTR_NAME_MAX`), without
    /// control characters.
    public static func isName(_ name: String) -> Bool {
        name.utf8.count <= 255 && name.utf8.count > 5 && name.utf8.starts(with: "user.".utf8)
            && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// Without the extended ones.
    public var plain: FileAttributes {
        FileAttributes(seconds: seconds, nanoseconds: nanoseconds, mode: mode) ?? self
    }

    /// Those of a reduced copy of the main: its time; never more readable than the main, and nothing to be run.
    public var ofReduced: FileAttributes {
        FileAttributes(seconds: seconds, nanoseconds: nanoseconds, mode: mode & 0o666 | 0o600) ?? self
    }
}

/// A compact form, for the catalogue: seconds, nanoseconds and mode, then each name and value behind its length; numbers
/// with their highest byte first.
extension FileAttributes {
    public var bytes: [UInt8] {
        func number(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        return number(seconds) + number(nanoseconds) + number(mode)
            + extended.flatMap {
                [UInt8($0.name.utf8.count)] + $0.name.utf8 + number(UInt16($0.value.count)) + $0.value
            }
    }

    /// Nil for anything but what ``bytes`` gives.
    public init?(bytes: some Sequence<UInt8>) {
        var rest = Array(bytes)[...]
        func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }
        func number(_ count: Int) -> UInt64? { take(count)?.reduce(0) { $0 << 8 | UInt64($1) } }
        guard let seconds = number(8), let nanoseconds = number(4), let mode = number(2) else { return nil }
        var extended: [Extended] = []
        while !rest.isEmpty {
            guard let length = number(1), let text = take(Int(length)),
                let name = String(validating: text, as: UTF8.self),
                let size = number(2), let value = take(Int(size))
            else { return nil }
            extended.append(Extended(name: name, value: Array(value)))
        }
        self.init(
            seconds: Int64(bitPattern: seconds), nanoseconds: Int32(truncatingIfNeeded: nanoseconds),
            mode: UInt16(mode),
            extended: extended)
    }
}
