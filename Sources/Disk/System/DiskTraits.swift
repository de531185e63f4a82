import Glibc
import Model
import SystemPackage

/// What a library's file system keeps of a file, and which names it takes: tried out, as names of file systems say little.
public struct DiskTraits: Sendable, Hashable {
    /// Whether it keeps permissions.
    public var keepsModes: Bool
    /// Whether it keeps tags: extended attributes of users.
    public var keepsTags: Bool
    /// Nanoseconds between two times that it can tell apart.
    public var timeStep: Int64
    /// Whether `a.jpg` and `A.JPG` are one name.
    public var foldsCase: Bool
    /// Whether names may have the characters that Windows takes none of: `: ? * " < > |`.
    public var takesAnyName: Bool
}

extension LibraryFolder {
    /// Finds out what the library's file system can do, by a small file in `incoming`. Blocks for some milliseconds.
    public func traits() throws(DiskError) -> DiskTraits {
        let incoming = try folders.make(StoreFolder.incoming.path, synced: false)
        let name = "Traits-\(UInt64.random(in: 0...UInt64.max)).part"
        defer { try? calls.unlink(incoming.number, name, folder: false) }
        let file: Descriptor
        do {
            let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW
            file = Descriptor(try calls.open(incoming.number, name, flags: flags, mode: 0o600), calls)
        } catch {
            throw .open(error, StoreFolder.incoming.path)
        }
        let odd: Int64 = 1_234_567_891_123_456_789
        let tag = FileAttributes.Extended(name: "user.mainstay.trait", value: [1])
        let wanted = FileAttributes(
            seconds: odd / 1_000_000_000, nanoseconds: Int32(odd % 1_000_000_000), mode: 0o640, extended: [tag])
        if let wanted { calls.setAttributes(file.number, wanted, insteadOf: nil) }
        let kept = calls.attributes(file.number)
        try? calls.setModified(file.number, to: odd)
        let lost = odd - ((try? calls.status(file.number))?.identity.mtime ?? 0)
        let steps: [Int64] = [1, 100, 1_000, 1_000_000, 10_000_000, 1_000_000_000, 2_000_000_000]
        let other = "\(name):?.part"
        let named = try? calls.open(
            incoming.number, other, flags: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
        if let named {
            calls.close(named)
            try? calls.unlink(incoming.number, other, folder: false)
        }
        return DiskTraits(
            keepsModes: kept?.mode == 0o640, keepsTags: kept?.extended.contains(tag) == true,
            timeStep: steps.first { $0 > lost } ?? lost,
            foldsCase: (try? calls.status(incoming.number, name.lowercased())) != nil, takesAnyName: named != nil)
    }
}
