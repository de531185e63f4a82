import Glibc
import Model

/// Known files by their paths, all of them in a few blocks of memory: a million cost some eighty megabytes, and no
/// allocation each.
struct KnownTable: Sendable {
    struct Entry {
        var identity: FileIdentity
        fileprivate var start: Int
        fileprivate var length: Int32
        /// Whether the walk came by.
        var isSeen = false
    }

    private(set) var entries: [Entry] = []
    private var paths: [UInt8] = []
    /// Open addressing: the number of an entry and one more, at its hash or the next free place; 0 for none.
    private var slots: [UInt32]

    /// - Parameter capacity: how many files are to come, about.
    init(capacity: Int) {
        slots = Array(repeating: 0, count: Self.slotCount(for: capacity))
        entries.reserveCapacity(capacity)
    }

    /// Adds a file; one that is known takes on the new state.
    mutating func insert(_ path: RelativePath, _ identity: FileIdentity) {
        if entries.count * 3 >= slots.count * 2 { grow() }
        var text = path.description
        text.withUTF8 { bytes in
            let slot = slot(of: bytes)
            if slots[slot] > 0 {
                entries[Int(slots[slot]) - 1].identity = identity
            } else {
                entries.append(Entry(identity: identity, start: paths.count, length: Int32(bytes.count)))
                paths.append(contentsOf: bytes)
                slots[slot] = UInt32(entries.count)
            }
        }
    }

    /// Marks a file as seen.
    ///
    /// - Returns: what was known of it; nil when nothing was.
    mutating func see(_ path: RelativePath) -> FileIdentity? {
        var text = path.description
        let number = text.withUTF8 { slots[slot(of: $0)] }
        guard number > 0 else { return nil }
        entries[Int(number) - 1].isSeen = true
        return entries[Int(number) - 1].identity
    }

    /// The files that were not seen.
    var unseen: [KnownFile] {
        entries.lazy.filter { !$0.isSeen }.map { entry in
            guard let path = try? RelativePath(bytes: paths[entry.start..<(entry.start + Int(entry.length))]) else {
                preconditionFailure("its bytes were those of a path")
            }
            return KnownFile(path: path, identity: entry.identity)
        }
    }

    /// Where the path stands, or the free slot where it is to stand.
    private func slot(of path: UnsafeBufferPointer<UInt8>) -> Int {
        var slot = Self.hash(path) & (slots.count - 1)
        while slots[slot] > 0 && !isPath(of: entries[Int(slots[slot]) - 1], path) {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private func isPath(of entry: Entry, _ path: UnsafeBufferPointer<UInt8>) -> Bool {
        guard entry.length == path.count, let bytes = path.baseAddress else { return false }
        return paths.withUnsafeBytes { all in
            all.baseAddress.map { memcmp($0 + entry.start, bytes, path.count) == 0 } ?? false
        }
    }

    /// Swift's own, whose seed is another in each run: no peer can choose names that meet.
    private static func hash(_ path: UnsafeBufferPointer<UInt8>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(path))
        return hasher.finalize()
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        paths.withUnsafeBufferPointer { all in
            for (number, entry) in entries.enumerated() {
                let path = UnsafeBufferPointer(rebasing: all[entry.start..<(entry.start + Int(entry.length))])
                var slot = Self.hash(path) & (slots.count - 1)
                while slots[slot] > 0 { slot = (slot + 1) & (slots.count - 1) }
                slots[slot] = UInt32(number + 1)
            }
        }
    }

    /// A power of two of which at most two thirds are taken.
    private static func slotCount(for capacity: Int) -> Int {
        var count = 16
        while count * 2 <= capacity * 3 { count *= 2 }
        return count
    }
}
