import SystemPackage

/// The names in a folder, as getdents64(2) gives them.
enum FolderEntries {
    struct Entry {
        var name: [UInt8]
        var inode: UInt64
        /// nil where the file system does not say; fstatat(2) tells then.
        var kind: FileStatus.Kind?
    }

    /// All entries but `.` and `..`, by inode: ext4 lists in the order of a hash, and looking at a hundred thousand
    /// inodes in that order on a turning disk takes many times as long.
    static func read(_ folder: Int32, _ path: String, _ calls: any SystemCalls) throws(DiskError) -> [Entry] {
        var entries: [Entry] = []
        // A folder of a thousand photos in one call.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
        defer { buffer.deallocate() }
        while true {
            let count: Int
            do { count = try calls.entries(folder, into: buffer) } catch { throw .entries(error, path) }
            if count == 0 { break }
            parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]), into: &entries)
        }
        entries.sort { $0.inode < $1.inode }
        return entries
    }

    // struct linux_dirent64: u64 inode, s64 offset, u16 length of this entry, u8 type, name with NUL.
    private static func parse(_ buffer: UnsafeRawBufferPointer, into entries: inout [Entry]) {
        var start = 0
        while start + 19 <= buffer.count {
            let length = Int(buffer.loadUnaligned(fromByteOffset: start + 16, as: UInt16.self))
            guard length > 19, start + length <= buffer.count else { return }
            let name = Array(buffer[(start + 19)..<(start + length)].prefix { $0 != 0 })
            if name != [0x2E], name != [0x2E, 0x2E] {
                let inode = buffer.loadUnaligned(fromByteOffset: start, as: UInt64.self)
                entries.append(Entry(name: name, inode: inode, kind: kind(buffer[start + 18])))
            }
            start += length
        }
    }

    // DT_UNKNOWN 0, DT_DIR 4, DT_REG 8, DT_LNK 10
    private static func kind(_ type: UInt8) -> FileStatus.Kind? {
        switch type {
        case 0: nil
        case 4: .folder
        case 8: .regular
        case 10: .symbolicLink
        default: .other
        }
    }
}
