import Glibc
public import Model
public import SystemPackage

/// The one door to the kernel: every system call that this module makes on a file.
///
/// Each function is the call of that name, interrupted calls made again, the errno thrown. Callable from any thread.
/// Tests decorate it to fail the n-th call, or to shorten or falsify what is read.
public protocol SystemCalls: Sendable {
    /// open(2) and openat(2); `directory` is nil for an absolute path.
    func open(_ directory: Int32?, _ name: String, flags: Int32, mode: UInt32) throws(Errno) -> Int32
    /// close(2). Its errors are of no use: what must be on the disk was synced before.
    func close(_ file: Int32)
    /// read(2): fewer bytes than asked for are no error, none are the end.
    func read(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int
    /// pread(2).
    func pread(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(Errno) -> Int
    /// write(2): fewer bytes than given are no error.
    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int
    /// fcntl(2): whether write(2) goes past the page cache (O_DIRECT, open(2)). Not every file system has it.
    func setDirect(_ file: Int32, _ direct: Bool) throws(Errno)
    /// lseek(2) from the beginning.
    func seek(_ file: Int32, to offset: Int64) throws(Errno)
    /// ftruncate(2).
    func truncate(_ file: Int32, to bytes: Int64) throws(Errno)
    /// sync_file_range(2) over the whole file, without waiting: the disk begins to write. Advice only: errors are
    /// dropped, and only fsync(2) tells that anything is durable.
    func startWriting(_ file: Int32)
    /// fsync(2).
    func sync(_ file: Int32) throws(Errno)
    /// syncfs(2): all that was written to the file system of an open file before is durable on return, as after an
    /// fsync(2) of each file and folder; whether each was written without fault ``checkWritten(_:)`` tells.
    ///
    /// - Returns: false where the file system is not known to keep to that; nothing was done then.
    func syncAll(_ file: Int32) throws(Errno) -> Bool
    /// sync_file_range(2) over the whole file, waiting for what is being written: throws what went wrong in writing it
    /// since that was last asked of this open file.
    func checkWritten(_ file: Int32) throws(Errno)
    /// fcntl(2), F_SETLEASE: throws `resourceTemporarilyUnavailable` while anybody has the file open for writing, and
    /// something else where that cannot be told.
    func checkNobodyWrites(_ file: Int32) throws(Errno)
    /// fstat(2).
    func status(_ file: Int32) throws(Errno) -> FileStatus
    /// fstatat(2), symbolic links not followed.
    func status(_ directory: Int32, _ name: String) throws(Errno) -> FileStatus
    /// getdents64(2): fills `buffer` with entries; none are the end.
    func entries(_ directory: Int32, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int
    /// mkdirat(2).
    func makeFolder(_ directory: Int32, _ name: String, mode: UInt32) throws(Errno)
    /// renameat2(2).
    func rename(_ from: Int32, _ name: String, to: Int32, _ newName: String, _ mode: RenameMode) throws(Errno)
    /// linkat(2), symbolic links not followed.
    func link(_ from: Int32, _ name: String, to: Int32, _ newName: String) throws(Errno)
    /// unlinkat(2); `folder` removes an empty folder.
    func unlink(_ directory: Int32, _ name: String, folder: Bool) throws(Errno)
    /// ioctl(2) `FICLONE`: an empty file becomes a copy of another and shares its bytes, until one of the two is written to.
    func clone(_ source: Int32, to file: Int32) throws(Errno)
    /// futimens(2): the time of the last change of content, in nanoseconds since 1970; that of access stays.
    func setModified(_ file: Int32, to time: Int64) throws(Errno)
    /// fstat(2), flistxattr(2) and fgetxattr(2): what an open file is beside its bytes; extended attributes that are too
    /// many or too large are left out. Nil where that cannot be told.
    func attributes(_ file: Int32) -> FileAttributes?
    /// fsetxattr(2), ``setMode(_:_:)`` and futimens(2), the time last; and fremovexattr(2) for the extended attributes that
    /// only `earlier` has. As far as the file system has them and the user may: a main without them is better than none.
    func setAttributes(_ file: Int32, _ attributes: FileAttributes, insteadOf earlier: FileAttributes?)
    /// fchmod(2): who may read and write the file, without those whom umask(2) excludes, and always its owner. Errors are
    /// dropped: it then stays as it was made, which is the owner's alone.
    func setMode(_ file: Int32, _ mode: UInt16)
    /// posix_fadvise(2) over the whole file. Advice only: errors are dropped.
    func advise(_ file: Int32, _ advice: ReadAdvice)
    /// ioprio_set(2) and setpriority(2): the calling thread takes the disk and the processor only when nobody else wants
    /// them. There is no way back; for threads of one's own.
    func setIdle() throws(Errno)
    /// flock(2), exclusive and without waiting.
    func lock(_ file: Int32) throws(Errno)
    /// fstatvfs(3).
    func space(_ file: Int32) throws(Errno) -> DiskSpace
    /// inotify_init1(2), close-on-exec and non-blocking.
    func openWatch() throws(Errno) -> Int32
    /// inotify_add_watch(2).
    func addWatch(_ watch: Int32, _ path: String, mask: UInt32) throws(Errno) -> Int32
    /// inotify_rm_watch(2).
    func removeWatch(_ watch: Int32, _ descriptor: Int32) throws(Errno)
    /// poll(2) for reading: which of `files` can be read, or have failed. Waits at most `milliseconds`; -1 is forever.
    func wait(_ files: [Int32], milliseconds: Int32) throws(Errno) -> [Bool]
    /// poll(2) for reading, without end, and for changes of what is mounted.
    ///
    /// - Parameter mounts: an open `/proc/self/mountinfo` (proc_pid_mountinfo(5)), which is in an exceptional state once
    ///   after each mount and unmount.
    func wait(_ files: [Int32], mounts: Int32) throws(Errno) -> (ready: [Bool], hasMounted: Bool)
}

extension SystemCalls {
    /// As where no file system has it.
    public func setDirect(_ file: Int32, _ direct: Bool) throws(Errno) { if direct { throw .invalidArgument } }

    /// Knows of none.
    public func attributes(_ file: Int32) -> FileAttributes? { nil }

    /// Sets none, as where the file system has none.
    public func setAttributes(_ file: Int32, _ attributes: FileAttributes, insteadOf earlier: FileAttributes?) {}

    /// Leaves it as it is.
    public func setMode(_ file: Int32, _ mode: UInt16) {}

    /// Does nothing, which is allowed.
    public func startWriting(_ file: Int32) {}

    /// Does not know that.
    public func clone(_ source: Int32, to file: Int32) throws(Errno) { throw .notSupported }

    /// Does nothing, and says so.
    public func syncAll(_ file: Int32) throws(Errno) -> Bool { false }

    /// Cannot tell.
    public func checkNobodyWrites(_ file: Int32) throws(Errno) { throw .notSupported }

    /// Asks fsync(2), which tells as much.
    public func checkWritten(_ file: Int32) throws(Errno) { try sync(file) }
}

/// How renameat2(2) treats a file that already has the new name.
public enum RenameMode: Sendable {
    /// It fails with EEXIST.
    case noReplace
    /// The two files change names at once.
    case exchange
    /// It is replaced: only ever an empty file that was made for that.
    case overPlaceholder
}

/// How a file is about to be read.
public enum ReadAdvice: Sendable {
    /// From front to end: read ahead.
    case sequential
    /// From the disk: forget what memory holds of it. Changes not yet written stay.
    case fromDisk
}

/// The room on a file system, in bytes.
public struct DiskSpace: Sendable, Equatable {
    /// What this process may still write.
    public var free: Int64
    /// The size of the whole.
    public var total: Int64

    public init(free: Int64, total: Int64) {
        self.free = free
        self.total = total
    }

    /// The room on the file system of a folder. Blocks.
    public static func at(_ folder: String, calls: any SystemCalls = LinuxCalls()) throws(DiskError) -> DiskSpace {
        do {
            let opened = Descriptor(try calls.open(nil, folder, flags: O_RDONLY | O_DIRECTORY, mode: 0), calls)
            return try calls.space(opened.number)
        } catch {
            throw .space(error, folder)
        }
    }
}
