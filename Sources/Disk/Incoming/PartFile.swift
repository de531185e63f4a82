import Crypto
import Glibc
import Model
import SystemPackage

/// The file of a main that is being received.
enum PartFile {
    /// Opens it, or makes it, and locks it: two transfers of one image must not write the same file.
    static func open(_ incoming: Int32, _ image: ImageID, _ calls: any SystemCalls) throws(DiskError) -> Descriptor {
        while true {
            let file = try openOnce(incoming, image, flags: O_RDWR | O_CREAT, calls)
            if try isStillThere(file, incoming, image, calls) { return file }
        }
    }

    /// Removes it, unless it is being received.
    ///
    /// - Throws: ``DiskError/Code/locked`` while it is being received.
    static func remove(_ incoming: Int32, _ image: ImageID, _ calls: any SystemCalls) throws(DiskError) {
        let name = image.description + LeftOver.part
        let file: Descriptor
        do throws(DiskError) {
            file = try openOnce(incoming, image, flags: O_RDONLY, calls)
        } catch  where error.code == .notFound {
            return
        }
        // What is there otherwise was begun a moment ago, by somebody who wants it.
        guard try isStillThere(file, incoming, image, calls) else { return }
        do { try calls.unlink(incoming, name, folder: false) } catch { throw .unlink(error, name) }
    }

    private static func openOnce(
        _ incoming: Int32, _ image: ImageID, flags: Int32, _ calls: any SystemCalls
    ) throws(DiskError) -> Descriptor {
        let name = image.description + LeftOver.part
        let file: Descriptor
        do {
            // The main may be private: it is its owner's alone until it has its own mode.
            file = Descriptor(
                try calls.open(incoming, name, flags: flags | O_NOFOLLOW | O_NONBLOCK, mode: 0o600), calls)
        } catch {
            throw .open(error, name)
        }
        do {
            try calls.lock(file.number)
        } catch  where error == .wouldBlock {
            throw DiskError(
                code: .locked, message: "Image \(image) is being received already; wait for that to end.",
                path: name, errno: error, isRetryable: true)
        } catch {
            throw .lock(error, name)
        }
        return file
    }

    /// Another transfer may have placed this very file in the library before we had its lock. Its name here is gone
    /// then, and nothing may be written to it.
    private static func isStillThere(
        _ file: borrowing Descriptor, _ incoming: Int32, _ image: ImageID, _ calls: any SystemCalls
    ) throws(DiskError) -> Bool {
        let name = image.description + LeftOver.part
        do throws(Errno) {
            let own = try calls.status(file.number)
            let there = try calls.status(incoming, name)
            guard own.kind == .regular else { throw Errno.fileExists }
            return own.identity.inode == there.identity.inode
        } catch  where error == .noSuchFileOrDirectory {
            return false
        } catch {
            throw .status(error, name)
        }
    }

    /// The first bytes of it, as many as tell what a file is.
    static func head(_ file: Int32, _ calls: any SystemCalls) throws(Errno) -> [UInt8] {
        var head = [UInt8](repeating: 0, count: 32)
        var count = 0
        var fault: Errno?
        head.withUnsafeMutableBytes { buffer in
            do throws(Errno) { count = try calls.pread(file, into: buffer, at: 0) } catch { fault = error }
        }
        if let fault { throw fault }
        return Array(head.prefix(count))
    }

    /// Hashes what is there and leaves the file's offset behind it. More than `limit` bytes are thrown away.
    static func resume(
        _ file: Int32, _ image: ImageID, limit: Int64, _ calls: any SystemCalls
    ) throws(DiskError) -> (SHA256, Int64) {
        let name = image.description + LeftOver.part
        var hasher = SHA256()
        var total: Int64 = 0
        let there: Int64
        do { there = try calls.status(file).identity.bytes } catch { throw .status(error, name) }
        // Most often nothing is there yet, and next to no memory is needed to see that.
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Int(clamping: min(there + 1, Int64(FileHasher.chunk))), alignment: 16)
        defer { buffer.deallocate() }
        do {
            if there > limit { try calls.truncate(file, to: 0) }
            while true {
                let count = try calls.read(file, into: buffer)
                if count == 0 { break }
                hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                total += Int64(count)
            }
        } catch {
            throw .read(error, name)
        }
        return (hasher, total)
    }
}
