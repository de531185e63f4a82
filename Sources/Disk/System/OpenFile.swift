import Glibc
import Model
import SystemPackage

/// A file of the library opened for reading, whatever happens to its name meanwhile.
///
/// Reads go through read(2) into memory, never through a mapping: a disk that fails is then an error, not a crash.
/// Callable from any thread. Blocks.
public final class OpenFile: Sendable {
    /// The file, as it was when it was opened.
    public let found: FoundFile
    let file: Descriptor

    private var calls: any SystemCalls { file.calls }

    /// Of the open file, for whoever reads it by positions of its own; valid for as long as this is held.
    public var descriptor: Int32 { file.number }

    convenience init(_ library: LibraryFolder, _ path: RelativePath) throws(DiskError) {
        let folder = try library.folders.open(path.folder ?? "")
        try self.init(library, path, in: folder)
    }

    /// - Parameter folder: the open folder that the file lies in.
    init(_ library: LibraryFolder, _ path: RelativePath, in folder: borrowing Descriptor) throws(DiskError) {
        do {
            // O_NONBLOCK: opening a named pipe would wait for a writer. It means nothing to a regular file.
            file = Descriptor(
                try library.calls.open(folder.number, path.name, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK, mode: 0),
                library.calls)
        } catch  where error == .tooManySymbolicLinkLevels || error == Errno(rawValue: ENXIO) {
            throw Self.notRegular(path)
        } catch {
            throw .open(error, path.description)
        }
        let status = try library.folders.status(file.number, path.description)
        guard status.kind == .regular else { throw Self.notRegular(path) }
        found = FoundFile(path: path, identity: status.identity, ctime: status.ctime)
    }

    /// Reads `count` bytes from `offset` on, or fewer at the end of the file.
    ///
    /// - Throws: ``DiskError/Code/changedWhileRead`` when the file has become shorter than it was when opened.
    public func read(from offset: Int64, count: Int) throws(DiskError) -> [UInt8] {
        let wanted = wanted(from: offset, count: count)
        var fault: DiskError?
        let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            do throws(DiskError) {
                filled = try read(
                    from: offset,
                    into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<wanted]))
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
        return bytes
    }

    /// Reads into `memory` from `offset` on, as much as it holds, or less at the end of the file.
    ///
    /// - Throws: as ``read(from:count:)``.
    /// - Returns: the number of bytes.
    public func read(from offset: Int64, into memory: UnsafeMutableRawBufferPointer) throws(DiskError) -> Int {
        let wanted = wanted(from: offset, count: memory.count)
        var filled = 0
        do throws(Errno) {
            while filled < wanted {
                let rest = UnsafeMutableRawBufferPointer(rebasing: memory[filled..<wanted])
                let read = try calls.pread(file.number, into: rest, at: offset + Int64(filled))
                if read == 0 { break }
                filled += read
            }
        } catch {
            throw .read(error, found.path.description)
        }
        guard filled == wanted else { throw changed }
        return filled
    }

    private func wanted(from offset: Int64, count: Int) -> Int {
        Int(clamping: max(0, min(Int64(count), found.identity.bytes - offset)))
    }

    /// Throws ``DiskError/Code/changedWhileRead`` unless the file is still as it was when opened: ask after the last
    /// read, before the bytes are used.
    public func checkUnchanged() throws(DiskError) {
        let now: FileStatus
        do { now = try calls.status(file.number) } catch { throw .status(error, found.path.description) }
        guard now.identity == found.identity, now.ctime == found.ctime else { throw changed }
    }

    var changed: DiskError {
        DiskError(
            code: .changedWhileRead,
            message: "'\(found.path)' changed while it was read; it is read again when it stands still.",
            path: found.path.description, isRetryable: true)
    }

    private static func notRegular(_ path: RelativePath) -> DiskError {
        DiskError(
            code: .notAFolder,
            message: "'\(path)' is not a regular file; links and special files are left alone.",
            path: path.description, isRetryable: false)
    }
}
