import Glibc
import SystemPackage

/// Writes what comes of a main, from where the part ends.
///
/// A large main goes past the page cache (O_DIRECT, open(2)), in whole blocks gathered here: it is not read again soon,
/// and the memory that it would pass through costs more than the writing does. Where the file system will not have that,
/// and for the last bytes, it is written as usual. Used under its owner's lock.
final class PartWriter: @unchecked Sendable {
    /// What the kernel asks of addresses, offsets and sizes: that of a memory page is enough for all disks.
    private static let alignment = 4096
    /// Written at once, and the least that is worth it. Bytes.
    private static let block = 1 << 20

    private let file: Int32
    private let calls: any SystemCalls
    /// Nil where everything is written as it comes.
    private var gathered: UnsafeMutableRawBufferPointer?
    private var count = 0

    /// - Parameters:
    ///   - offset: where the file's offset is.
    ///   - bytes: how many are to come.
    init(_ file: Int32, at offset: Int64, bytes: Int64, _ calls: any SystemCalls) {
        self.file = file
        self.calls = calls
        guard bytes >= Self.block, offset % Int64(Self.alignment) == 0,
            (try? calls.setDirect(file, true)) != nil
        else { return }
        gathered = .allocate(byteCount: Self.block, alignment: Self.alignment)
    }

    deinit { gathered?.deallocate() }

    /// Takes the next bytes; they may wait here for more.
    func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) {
        var rest = bytes[...]
        while let gathered, !rest.isEmpty {
            let part = rest.prefix(gathered.count - count)
            UnsafeMutableRawBufferPointer(rebasing: gathered[count...]).copyMemory(from: .init(rebasing: part))
            count += part.count
            rest = rest.dropFirst(part.count)
            if count == gathered.count {
                count = 0
                try writeGathered(gathered.count)
            }
        }
        if !rest.isEmpty { try calls.writeAll(file, UnsafeRawBufferPointer(rebasing: rest)) }
    }

    /// Writes what waits here. What comes after it is written as it comes.
    func flush() throws(Errno) {
        guard let gathered else { return }
        let left = count
        count = 0
        defer {
            gathered.deallocate()
            self.gathered = nil
        }
        try calls.setDirect(file, false)
        try calls.writeAll(file, UnsafeRawBufferPointer(rebasing: gathered[..<left]))
    }

    private func writeGathered(_ count: Int) throws(Errno) {
        guard let gathered else { return }
        var rest = UnsafeRawBufferPointer(rebasing: gathered[..<count])
        while !rest.isEmpty {
            do throws(Errno) {
                let written = try calls.write(file, rest)
                if written == 0 { throw .ioError }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            } catch  where error == .invalidArgument {
                // A file system that takes the flag and not the write, or a write that stopped within a block.
                try calls.setDirect(file, false)
                try calls.writeAll(file, rest)
                gathered.deallocate()
                self.gathered = nil
                return
            }
        }
    }
}
