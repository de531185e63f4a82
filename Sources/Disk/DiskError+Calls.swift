import Glibc
import Model
import SystemPackage

/// One factory a system call: what was being done, in the words of the person who reads it.
extension DiskError {
    // open(2): EACCES EDQUOT EEXIST EINVAL EIO ELOOP EMFILE ENAMETOOLONG ENFILE ENODEV ENOENT ENOSPC ENOTDIR EROFS ESTALE
    static func open(_ errno: Errno, _ path: String) -> DiskError { DiskError("opened", errno, path) }
    // read(2): EIO EISDIR ESTALE
    static func read(_ errno: Errno, _ path: String) -> DiskError { DiskError("read", errno, path) }
    // write(2): EDQUOT EFBIG EIO ENOSPC
    static func write(_ errno: Errno, _ path: String) -> DiskError { DiskError("written", errno, path) }
    // fsync(2): EDQUOT EIO ENOSPC EROFS
    static func sync(_ errno: Errno, _ path: String) -> DiskError {
        DiskError("brought safely to the disk", errno, path)
    }
    // stat(2): EACCES EIO ENOENT ENOTDIR ESTALE
    static func status(_ errno: Errno, _ path: String) -> DiskError { DiskError("looked at", errno, path) }
    // getdents(2): EIO ENOENT ESTALE
    static func entries(_ errno: Errno, _ path: String) -> DiskError { DiskError("listed", errno, path) }
    // mkdir(2): EACCES EDQUOT EEXIST EMLINK ENAMETOOLONG ENOSPC EROFS
    static func makeFolder(_ errno: Errno, _ path: String) -> DiskError {
        badName(errno, path) ?? DiskError("made", errno, path)
    }
    // rename(2) and link(2): EACCES EEXIST EINVAL EIO EMLINK ENAMETOOLONG ENOENT ENOSPC EPERM EROFS EXDEV
    static func rename(_ errno: Errno, _ path: String, to name: String? = nil) -> DiskError {
        badName(errno, name ?? path) ?? DiskError("moved to its place", errno, path)
    }

    /// What file systems of Windows say to a name that they cannot have, each in its way; nil where the name is none.
    private static func badName(_ errno: Errno, _ path: String) -> DiskError? {
        guard errno == .noSuchFileOrDirectory || errno == .invalidArgument || errno == .illegalByteSequence,
            let character = path.first(where: { RelativePath.unportable.contains($0) })
        else { return nil }
        return DiskError(
            code: .badName,
            message:
                "\(quoted(path)) cannot have that name on this disk, which takes no '\(character)' in names; give it "
                + "another one, on any machine.", path: path, errno: errno, isRetryable: true)
    }
    // unlink(2): EACCES EBUSY EIO ENOENT EPERM EROFS
    static func unlink(_ errno: Errno, _ path: String) -> DiskError { DiskError("removed", errno, path) }
    // futimens(2): EACCES EPERM EROFS
    static func setModified(_ errno: Errno, _ path: String) -> DiskError { DiskError("given its date", errno, path) }
    // statvfs(3): EIO
    static func space(_ errno: Errno, _ path: String) -> DiskError { DiskError("measured", errno, path) }

    // flock(2): ENOLCK; EWOULDBLOCK is told by the caller, who knows whose lock it is
    static func lock(_ errno: Errno, _ path: String) -> DiskError { DiskError("locked", errno, path) }

    // inotify(7): EMFILE is the limit on instances, ENOSPC that on watches, not a full disk
    static func watch(_ errno: Errno, _ path: String) -> DiskError {
        switch errno {
        case .tooManyOpenFiles:
            DiskError(
                code: .limit,
                message: "\(quoted(path)) could not be watched, because this user's programs have too many watchers; "
                    + "raise fs.inotify.max_user_instances (sysctl -w fs.inotify.max_user_instances=1024).",
                path: path, errno: errno, isRetryable: true)
        case .noSpace:
            DiskError(
                code: .limit,
                message: "\(quoted(path)) could not be watched, because the kernel's limit on watches is reached; "
                    + "raise fs.inotify.max_user_watches (sysctl -w fs.inotify.max_user_watches=1048576).",
                path: path, errno: errno, isRetryable: true)
        default: DiskError("watched", errno, path)
        }
    }

    /// The person's name for a path; the library's own folder has the empty one.
    static func quoted(_ path: String) -> String { path.isEmpty ? "The library's folder" : "'\(path)'" }

    private init(_ deed: String, _ errno: Errno, _ path: String) {
        let (code, clause, isRetryable) = Self.meaning(errno)
        self.init(
            code: code, message: "\(Self.quoted(path)) could not be \(deed): \(clause).", path: path, errno: errno,
            isRetryable: isRetryable)
    }

    /// The kind of fault, a clause with its remedy, and whether trying again may help.
    private static func meaning(_ errno: Errno) -> (Code, String, Bool) {
        switch errno {
        case .noSpace: (.noSpace, "the disk is full; make room on it", true)
        case .diskQuotaExceeded: (.noSpace, "the quota is used up; make room or raise it", true)
        case .readOnlyFileSystem: (.readOnly, "the disk is mounted for reading only; mount it for writing", true)
        case .permissionDenied, .notPermitted:
            (.notPermitted, "this user has no right to; change the owner or the rights", true)
        case .ioError: (.ioFailure, "the disk reports an error; check it and its cable (dmesg, smartctl)", true)
        case .staleNFSFileHandle:
            (.ioFailure, "the network disk has lost it; check the server and mount it again", true)
        case Errno(rawValue: ENODEV), Errno(rawValue: ENXIO):
            (.ioFailure, "the disk is gone; connect and mount it again", true)
        case .fileNameTooLong: (.badName, "its name is too long for this file system; give it a shorter one", false)
        case .noSuchFileOrDirectory: (.notFound, "it is not there any more; nothing is to be done", false)
        case .fileExists: (.exists, "a file of that name is there already; it is left as it is", false)
        case .notDirectory, .tooManySymbolicLinkLevels:
            (.notAFolder, "a symbolic link or a file stands where a folder should; links are not followed", false)
        case .isDirectory: (.exists, "a folder of that name is there already; it is left as it is", false)
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem:
            (.limit, "too many files are open; raise the limit (ulimit -n, LimitNOFILE=)", true)
        case .improperLink:
            (.unsupported, "its folder is on another disk than the library; keep one library on one disk", false)
        case .invalidArgument, .notSupported, .noFunction, .fileTooLarge:
            (.unsupported, "the file system cannot do this; use another one for the library", false)
        case .illegalByteSequence: (.badName, "this file system cannot hold its name; give it another one", false)
        case .resourceBusy: (.locked, "another program is using it; it is tried again", true)
        default: (.other, "\(errno); it is tried again", true)
        }
    }
}
