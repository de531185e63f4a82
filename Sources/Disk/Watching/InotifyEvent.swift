import Glibc

/// One event as the kernel writes it: `struct inotify_event` of inotify(7).
struct InotifyEvent {
    var watch: Int32
    var mask: UInt32
    /// Links the two halves of a rename; 0 otherwise.
    var cookie: UInt32
    /// The name in the watched folder; empty when the event is about that folder itself.
    var name: [UInt8]

    var isFolder: Bool { has(Self.isDirectory) }

    func has(_ bits: UInt32) -> Bool { mask & bits != 0 }

    static let attributes = UInt32(IN_ATTRIB)
    static let closeWrite = UInt32(IN_CLOSE_WRITE)
    static let movedFrom = UInt32(IN_MOVED_FROM)
    static let movedTo = UInt32(IN_MOVED_TO)
    static let create = UInt32(IN_CREATE)
    static let delete = UInt32(IN_DELETE)
    static let deleteSelf = UInt32(IN_DELETE_SELF)
    static let moveSelf = UInt32(IN_MOVE_SELF)
    static let unmount = UInt32(IN_UNMOUNT)
    static let overflow = UInt32(IN_Q_OVERFLOW)
    static let ignored = UInt32(IN_IGNORED)
    static let isDirectory: UInt32 = 0x4000_0000
    /// IN_ONLYDIR | IN_EXCL_UNLINK: only folders, and nothing of files that have no name there any more.
    private static let manner: UInt32 = 0x0100_0000 | 0x0400_0000

    /// What is watched in every folder. Not IN_MODIFY: a file is looked at when it is closed. IN_ATTRIB, because tar,
    /// cp and others give a file its time after they have closed it.
    static let inFolders = attributes | closeWrite | movedFrom | movedTo | create | delete | deleteSelf | manner
    /// In the library's own folder: also whether it goes away itself.
    static let inLibrary = inFolders | moveSelf
    /// In `.mainstay`: whether the marker goes.
    static let inStore = movedFrom | delete | deleteSelf | moveSelf | manner

    /// The events in what read(2) gave.
    static func parse(_ buffer: UnsafeRawBufferPointer) -> [InotifyEvent] {
        var events: [InotifyEvent] = []
        var start = 0
        while start + 16 <= buffer.count {
            func word(_ offset: Int) -> UInt32 { buffer.loadUnaligned(fromByteOffset: start + offset, as: UInt32.self) }
            let end = start + 16 + Int(word(12))
            guard end <= buffer.count else { break }
            events.append(
                InotifyEvent(
                    watch: Int32(bitPattern: word(0)), mask: word(4), cookie: word(8),
                    name: Array(buffer[(start + 16)..<end].prefix { $0 != 0 })))
            start = end
        }
        return events
    }
}
