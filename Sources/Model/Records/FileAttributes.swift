/// What a main is beside its bytes: when it was changed, who may read it, and what its owner's desktop noted on it.
///
/// No part of the image: the same image may have others at each node.
public struct FileAttributes: Hashable, Sendable {
    /// Time of the last change of the content, in whole seconds since 1970, downwards; any at all.
    public private(set) var seconds: Int64
    /// And the nanoseconds of it, 0 to 999,999,999.
    public private(set) var nanoseconds: Int32
    /// Who may read and write it: of the permission bits only those for reading and writing, and always the owner's. A
    /// picture is nothing to be run, least of all at the word of another machine, and what the agent may not read and
    /// write it cannot keep.
    public private(set) var mode: UInt16
    /// The extended attributes of users, by name.
    public private(set) var extended: [Extended]
    /// How often a person changed them, beside the bytes, since the image came to be known: what was changed more often
    /// is the latest word. 0 to ``mostChanges``.
    public private(set) var changes: Int64

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
    public static let mostChanges: Int64 = 1 << 31

    /// Nil where the nanoseconds, the extended attributes or the changes are out of their range. Of `mode`, what does
    /// not count is dropped.
    public init?(seconds: Int64, nanoseconds: Int32, mode: UInt16, extended: [Extended] = [], changes: Int64 = 0) {
        guard (0..<1_000_000_000).contains(nanoseconds), (0...Self.mostChanges).contains(changes),
            extended.count <= Self.mostExtended, Set(extended.map(\.name)).count == extended.count,
            extended.allSatisfy({ Self.isName($0.name) }),
            extended.reduce(0, { $0 + $1.name.utf8.count + $1.value.count }) <= Self.mostBytes
        else { return nil }
        (self.seconds, self.nanoseconds, self.changes) = (seconds, nanoseconds, changes)
        self.mode = mode & 0o666 | 0o600
        self.extended = extended.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
    }

    /// Whether an extended attribute may have this name: one of users', of at most 255 bytes (`XATTR_NAME_MAX`), without
    /// control characters.
    public static func isName(_ name: String) -> Bool {
        name.utf8.count <= 255 && name.utf8.count > 5 && name.utf8.starts(with: "user.".utf8)
            && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// Without the extended ones: those of a reduced copy.
    public var plain: FileAttributes {
        var plain = self
        plain.extended = []
        return plain
    }

    /// As they were when the image came to be known, for all that they say.
    public var withoutChanges: FileAttributes {
        var result = self
        result.changes = 0
        return result
    }

    /// As far as `mode` goes, for nobody more than this.
    public func within(_ mode: UInt16) -> FileAttributes {
        var result = self
        result.mode &= mode | 0o600
        return result
    }

    /// The same whatever anybody changed.
    public func looks(like other: FileAttributes) -> Bool {
        var other = other
        other.changes = changes
        return self == other
    }

    /// What a person has made of these, where a file that had `earlier` has `now`: what they did not change stays as it
    /// was said, for not every file system can show all of it.
    public func changed(from earlier: FileAttributes, to now: FileAttributes) -> FileAttributes {
        var result = self
        if (now.seconds, now.nanoseconds) != (earlier.seconds, earlier.nanoseconds) {
            (result.seconds, result.nanoseconds) = (now.seconds, now.nanoseconds)
        }
        if now.mode != earlier.mode { result.mode = now.mode }
        if now.extended != earlier.extended { result.extended = now.extended }
        return result
    }

    /// What counts of two words: the one that was changed more often; of two that were changed as often apart, one of them,
    /// the same on all nodes, and of those that nobody changed, this one. Who may read it, both have to say.
    public func joined(with other: FileAttributes) -> FileAttributes {
        if changes != other.changes { return changes > other.changes ? self : other }
        let isLater = changes > 0 && within(0).bytes.lexicographicallyPrecedes(other.within(0).bytes)
        return (isLater ? other : self).within(mode & other.mode)
    }

    /// With the next number of changes after those of `all`.
    public func latest(of all: some Sequence<FileAttributes>) -> FileAttributes {
        var result = self
        result.changes = min(all.reduce(changes) { max($0, $1.changes) } + 1, Self.mostChanges)
        return result
    }
}

/// A compact form, for the catalogue: seconds, nanoseconds, mode and changes, then each name and value behind its length;
/// numbers with their highest byte first.
extension FileAttributes {
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        func add(_ number: some FixedWidthInteger) { withUnsafeBytes(of: number.bigEndian) { bytes += $0 } }
        add(seconds)
        add(nanoseconds)
        add(mode)
        add(changes)
        for attribute in extended {
            add(UInt8(attribute.name.utf8.count))
            bytes += attribute.name.utf8
            add(UInt16(attribute.value.count))
            bytes += attribute.value
        }
        return bytes
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
        guard let seconds = number(8), let nanoseconds = number(4), let mode = number(2), let changes = number(8) else {
            return nil
        }
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
            mode: UInt16(mode), extended: extended, changes: Int64(bitPattern: changes))
    }
}
