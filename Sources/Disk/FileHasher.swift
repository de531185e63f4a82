import Crypto
import Glibc
import Model
import SystemPackage

/// Reads one file from front to back and hashes it, on the calling thread.
enum FileHasher {
    /// A mebibyte: large enough that the calls cost nothing, small enough to stay in a core's cache while it is hashed
    /// and looked at.
    static let chunk = 1 << 20

    static func hash(
        _ library: LibraryFolder, _ file: OpenFile, fromDisk: Bool, _ ticket: Ticket,
        consume: (UnsafeRawBufferPointer) -> Void
    ) throws -> HashedFile {
        let path = file.found.path
        if fromDisk { library.calls.advise(file.file.number, .fromDisk) }
        library.calls.advise(file.file.number, .sequential)
        // One byte more than is expected, so that a file that has grown shows at once.
        let size = Int(clamping: min(file.found.identity.bytes + 1, Int64(chunk)))
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        var hasher = SHA256()
        var total: Int64 = 0
        while true {
            if ticket.isCancelled { throw CancellationError() }
            let count: Int
            do {
                count = try library.calls.readFully(file.file.number, into: buffer)
            } catch {
                throw DiskError.read(error, path.description)
            }
            total += Int64(count)
            if total > file.found.identity.bytes { throw file.changed }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            if count > 0 {
                hasher.update(bufferPointer: bytes)
                consume(bytes)
            }
            if count < size { break }
        }
        if total != file.found.identity.bytes { throw file.changed }
        try file.checkUnchanged()
        // Replaced by another file: what was read is whole, but is not what stands there.
        guard try library.find(path)?.identity == file.found.identity else { throw file.changed }
        return HashedFile(
            image: ImageID(name(hasher)), file: KnownFile(path: path, identity: file.found.identity))
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
