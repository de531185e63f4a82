import CLinux
import Glibc
public import SystemPackage

/// ``SystemCalls`` made for real.
public struct LinuxCalls: SystemCalls {
    public init() {}

    /// Makes a call again while signals interrupt it; -1 becomes its errno.
    private func checked<Result: SignedInteger>(_ call: () -> Result) throws(Errno) -> Result {
        while true {
            let result = call()
            if result != -1 { return result }
            let error = Errno(rawValue: errno)
            if error != .interrupted { throw error }
        }
    }

    public func open(_ directory: Int32?, _ name: String, flags: Int32, mode: UInt32) throws(Errno) -> Int32 {
        try checked { Glibc.openat(directory ?? AT_FDCWD, name, flags | O_CLOEXEC, mode) }
    }

    // Never repeated: on Linux the descriptor is gone even when close(2) was interrupted.
    public func close(_ file: Int32) { _ = Glibc.close(file) }

    public func read(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        try checked { Glibc.read(file, buffer.baseAddress, buffer.count) }
    }

    public func pread(
        _ file: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(Errno) -> Int {
        try checked { Glibc.pread(file, buffer.baseAddress, buffer.count, Int(offset)) }
    }

    public func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
        try checked { Glibc.write(file, bytes.baseAddress, bytes.count) }
    }

    public func setDirect(_ file: Int32, _ direct: Bool) throws(Errno) {
        let flags = try checked { Glibc.fcntl(file, F_GETFL) }
        let wanted = direct ? flags | MAINSTAY_O_DIRECT : flags & ~MAINSTAY_O_DIRECT
        _ = try checked { Glibc.fcntl(file, F_SETFL, wanted) }
    }

    public func seek(_ file: Int32, to offset: Int64) throws(Errno) {
        _ = try checked { Glibc.lseek(file, Int(offset), SEEK_SET) }
    }

    public func truncate(_ file: Int32, to bytes: Int64) throws(Errno) {
        _ = try checked { Glibc.ftruncate(file, Int(bytes)) }
    }

    public func clone(_ source: Int32, to file: Int32) throws(Errno) {
        _ = try checked { ioctl(file, MAINSTAY_FICLONE, source) }
    }

    public func startWriting(_ file: Int32) {
        _ = CLinux.sync_file_range(file, 0, 0, MAINSTAY_SYNC_FILE_RANGE_WRITE)
    }

    public func syncAll(_ file: Int32) throws(Errno) -> Bool {
        guard CLinux.mainstay_is_on_local_disk(file) != 0 else { return false }
        _ = try checked { CLinux.syncfs(file) }
        return true
    }

    public func checkWritten(_ file: Int32) throws(Errno) {
        _ = try checked { CLinux.sync_file_range(file, 0, 0, MAINSTAY_SYNC_FILE_RANGE_WAIT_BEFORE) }
    }

    public func checkNobodyWrites(_ file: Int32) throws(Errno) {
        // Of a disk that is shared, only its own machine knows who writes.
        guard CLinux.mainstay_is_on_local_disk(file) != 0 else { throw .notSupported }
        _ = try checked { CLinux.mainstay_check_nobody_writes(file) }
    }

    public func sync(_ file: Int32) throws(Errno) { _ = try checked { Glibc.fsync(file) } }

    public func status(_ file: Int32) throws(Errno) -> FileStatus {
        var raw = stat()
        _ = try checked { Glibc.fstat(file, &raw) }
        return FileStatus(raw)
    }

    public func status(_ directory: Int32, _ name: String) throws(Errno) -> FileStatus {
        var raw = stat()
        _ = try checked { Glibc.fstatat(directory, name, &raw, AT_SYMLINK_NOFOLLOW) }
        return FileStatus(raw)
    }

    public func entries(_ directory: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        try checked { CLinux.getdents64(directory, buffer.baseAddress, buffer.count) }
    }

    public func makeFolder(_ directory: Int32, _ name: String, mode: UInt32) throws(Errno) {
        _ = try checked { Glibc.mkdirat(directory, name, mode) }
    }

    public func rename(
        _ from: Int32, _ name: String, to: Int32, _ newName: String, _ mode: RenameMode
    ) throws(Errno) {
        let flags: UInt32 =
            switch mode {
            case .noReplace: MAINSTAY_RENAME_NOREPLACE
            case .exchange: MAINSTAY_RENAME_EXCHANGE
            case .overPlaceholder: 0
            }
        _ = try checked { CLinux.renameat2(from, name, to, newName, flags) }
    }

    public func link(_ from: Int32, _ name: String, to: Int32, _ newName: String) throws(Errno) {
        _ = try checked { Glibc.linkat(from, name, to, newName, 0) }
    }

    public func unlink(_ directory: Int32, _ name: String, folder: Bool) throws(Errno) {
        _ = try checked { Glibc.unlinkat(directory, name, folder ? AT_REMOVEDIR : 0) }
    }

    public func setModified(_ file: Int32, to time: Int64) throws(Errno) {
        // Whole seconds downwards, so that the nanoseconds are never negative, before 1970 neither.
        let (second, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        let modified =
            rest < 0
            ? timespec(tv_sec: Int(second - 1), tv_nsec: Int(rest + 1_000_000_000))
            : timespec(tv_sec: Int(second), tv_nsec: Int(rest))
        let times = [timespec(tv_sec: 0, tv_nsec: Int(MAINSTAY_UTIME_OMIT)), modified]
        _ = try checked { Glibc.futimens(file, times) }
    }

    public func advise(_ file: Int32, _ advice: ReadAdvice) {
        _ = Glibc.posix_fadvise(file, 0, 0, advice == .sequential ? POSIX_FADV_SEQUENTIAL : POSIX_FADV_DONTNEED)
    }

    public func setIdle() throws(Errno) {
        // Both take 0 for the calling thread: on Linux the nice value is each thread's own.
        _ = try checked { CLinux.mainstay_set_idle_io() }
        _ = try checked { Glibc.setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19) }
    }

    public func lock(_ file: Int32) throws(Errno) { _ = try checked { flock(file, LOCK_EX | LOCK_NB) } }

    public func space(_ file: Int32) throws(Errno) -> DiskSpace {
        var raw = statvfs()
        _ = try checked { Glibc.fstatvfs(file, &raw) }
        // A network file system may claim more than 63 bits hold.
        func bytes(_ blocks: UInt) -> Int64 {
            let (product, overflow) = Int64(clamping: blocks).multipliedReportingOverflow(
                by: Int64(clamping: raw.f_frsize))
            return overflow ? .max : product
        }
        return DiskSpace(free: bytes(raw.f_bavail), total: bytes(raw.f_blocks))
    }

    public func openWatch() throws(Errno) -> Int32 {
        try checked { Glibc.inotify_init1(O_CLOEXEC | O_NONBLOCK) }
    }

    public func addWatch(_ watch: Int32, _ path: String, mask: UInt32) throws(Errno) -> Int32 {
        try checked { Glibc.inotify_add_watch(watch, path, mask) }
    }

    public func removeWatch(_ watch: Int32, _ descriptor: Int32) throws(Errno) {
        _ = try checked { Glibc.inotify_rm_watch(watch, descriptor) }
    }

    public func wait(_ files: [Int32], milliseconds: Int32) throws(Errno) -> [Bool] {
        var list = files.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // An interrupted wait begins anew, so it may last longer than asked: no caller counts on its length.
        _ = try checked { Glibc.poll(&list, nfds_t(list.count), milliseconds) }
        return list.map { $0.revents != 0 }
    }

    public func wait(_ files: [Int32], mounts: Int32) throws(Errno) -> (ready: [Bool], hasMounted: Bool) {
        var list = files.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // Never POLLIN: it can always be read.
        list.append(pollfd(fd: mounts, events: Int16(POLLPRI), revents: 0))
        _ = try checked { Glibc.poll(&list, nfds_t(list.count), -1) }
        return (list.dropLast().map { $0.revents != 0 }, list[files.count].revents != 0)
    }
}

extension FileStatus {
    fileprivate init(_ raw: stat) {
        func nanoseconds(_ time: timespec) -> Int64 {
            let (product, isTooFar) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
            let (sum, isBeyond) = product.addingReportingOverflow(Int64(time.tv_nsec))
            return isTooFar || isBeyond ? (time.tv_sec < 0 ? .min : .max) : sum
        }
        let kind: Kind =
            switch raw.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            case S_IFLNK: .symbolicLink
            default: .other
            }
        self.init(
            kind: kind,
            identity: FileIdentity(
                bytes: Int64(raw.st_size), mtime: nanoseconds(raw.st_mtim), inode: UInt64(raw.st_ino),
                device: UInt64(raw.st_dev)),
            ctime: nanoseconds(raw.st_ctim), links: Int(clamping: raw.st_nlink))
    }
}
