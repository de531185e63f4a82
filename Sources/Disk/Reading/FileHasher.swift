import Crypto
import Glibc
import Model
import SystemPackage

/// Reads one file from front to back and hashes it, on the calling thread.
enum FileHasher {
    /// A quarter of a mebibyte: large enough that the calls cost nothing, small enough to stay in a core's cache while
    /// it is hashed and looked at.
    static let chunk = 1 << 18

    static func hash(
        _ library: LibraryFolder, _ file: OpenFile, fromDisk: Bool, _ ticket: Ticket,
        consume: (UnsafeRawBufferPointer) -> Void
    ) throws -> HashedFile {
        if fromDisk { library.calls.advise(file.file.number, .fromDisk) }
        library.calls.advise(file.file.number, .sequential)
        let size = Int(clamping: min(file.found.identity.bytes + 1, Int64(chunk)))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        let image = try hash(library, file, ticket, into: buffer) { bytes in
            consume(bytes)
            return true
        }
        // Replaced by another file: what was read is whole, but is not what stands there.
        guard let image, try library.find(file.found.path)?.identity == file.found.identity else { throw file.changed }
        return HashedFile(image: image, file: KnownFile(path: file.found.path, identity: file.found.identity))
    }

    /// Reads an open file to its end, unchanged from the first byte to the last.
    ///
    /// - Parameters:
    ///   - buffer: room for a piece; one byte more than the file has is enough.
    ///   - consume: takes each piece, the first one also of an empty file; false ends the reading.
    /// - Returns: the hash; nil when `consume` has ended it.
    static func hash(
        _ library: LibraryFolder, _ file: OpenFile, _ ticket: Ticket, into buffer: UnsafeMutableRawBufferPointer,
        consume: (UnsafeRawBufferPointer) -> Bool
    ) throws -> ImageID? {
        let size = file.found.identity.bytes
        var hasher = SHA256()
        var total: Int64 = 0
        while true {
            if ticket.isCancelled { throw CancellationError() }
            // One byte more than is expected, so that a file that has grown shows at once.
            let wanted = Int(min(Int64(buffer.count), size - total + 1))
            let count: Int
            do {
                count = try library.calls.read(
                    file.file.number, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            } catch {
                throw DiskError.read(error, file.found.path.description)
            }
            let isFirst = total == 0
            total += Int64(count)
            if total > size { throw file.changed }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            if count > 0 || isFirst, !consume(bytes) { return nil }
            if count > 0 { hasher.update(bufferPointer: bytes) }
            // The whole file, and fewer bytes than were asked for: that was its end.
            if count == 0 || (total == size && count < wanted) { break }
        }
        if total != size { throw file.changed }
        try file.checkUnchanged()
        return ImageID(name(hasher))
    }

    /// The hash, as a name.
    static func name(_ hasher: SHA256) -> Bytes32 {
        guard let name = Bytes32(Array(hasher.finalize())) else { preconditionFailure("SHA-256 has 32 bytes") }
        return name
    }
}

extension HashingPool {
    /// How many cores this process may use.
    public static var cores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
