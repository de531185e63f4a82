import Glibc

/// The file of the control socket: who is behind it, and the claim of one server to it.
enum SocketFile {
    /// What stands at the socket's path.
    enum Presence: Equatable {
        /// Somebody accepts connections.
        case answering
        /// Nothing is there.
        case absent
        /// A socket that nobody listens on any more.
        case stale
        /// It may not be connected to by this user.
        case denied
        /// A file of another kind, or a path that cannot be looked at; the system's reason.
        case unusable(String)
    }

    /// Connects once, without waiting, to see who is there.
    static func presence(at path: String) -> Presence {
        guard var address = address(of: path) else {
            return .unusable("the path is longer than \(longestPath) bytes")
        }
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return .unusable(reason(errno)) }
        defer { close(descriptor) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result == 0 { return .answering }
        // connect(2) and unix(7)
        switch errno {
        case EAGAIN: return .answering  // somebody listens, whose queue is full
        case ENOENT, ENOTDIR: return .absent
        case ECONNREFUSED: return isSocket(path) ? .stale : .unusable("a file that is no socket stands there")
        case EACCES, EPERM: return .denied
        case let other: return .unusable(reason(other))
        }
    }

    /// Runs `body` while this process, and no other, may listen at `path`.
    ///
    /// The claim is an flock on `PATH.lock`, which the kernel gives up with the process, so a killed agent leaves
    /// nothing that stops the next one. The socket of a dead agent is removed only under the claim and only after a
    /// connection to it was refused. Makes the folder, 0700, where it is missing. Removes socket and lock at the end.
    static func withClaim<Result>(to path: String, _ body: () async throws -> Result) async throws -> Result {
        try makeFolder(of: path)
        let lock = try acquire(path + ".lock", for: path)
        defer {
            // Unlinked while it is held: who opened it meanwhile sees that the name is gone and opens again.
            unlink(path + ".lock")
            close(lock)
        }
        switch presence(at: path) {
        case .absent: break
        case .stale: unlink(path)
        case .answering, .denied: throw taken(path)
        case .unusable(let reason): throw unusable(path, reason)
        }
        try makeWorkshop(of: path)
        defer {
            removeWorkshop(of: path)
            unlink(path)
        }
        return try await body()
    }

    /// Where the socket is made: in a folder of its own that only the owner may enter, so that nobody connects before it
    /// has its rights. It gets its name with those. A path that leaves no room for that is where it is made, too.
    static func workshop(of path: String) -> String {
        let made = folder(of: path) + "/s"
        return made.utf8.count <= longestPath ? made : path
    }

    private static func folder(of path: String) -> String { path + "~" }

    /// Makes that folder; what a killed agent left there goes.
    static func makeWorkshop(of path: String) throws {
        removeWorkshop(of: path)
        guard workshop(of: path) != path else { return }
        guard mkdir(folder(of: path), 0o700) == 0 else { throw unusable(path, reason(errno)) }
    }

    static func removeWorkshop(of path: String) {
        let made = workshop(of: path)
        guard made != path else { return }
        unlink(made)
        rmdir(folder(of: path))
    }

    /// Gives the socket that was made its name. Only the owner may connect.
    static func publish(_ path: String) throws {
        let made = workshop(of: path)
        guard chmod(made, 0o600) == 0, made == path || rename(made, path) == 0 else {
            throw unusable(path, reason(errno))
        }
        removeWorkshop(of: path)
    }

    private static func acquire(_ lock: String, for path: String) throws -> Int32 {
        while true {
            let descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw unusable(path, reason(errno)) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                close(descriptor)
                throw code == EWOULDBLOCK ? taken(path) : unusable(path, reason(code))
            }
            var status = stat()
            if fstat(descriptor, &status) == 0, status.st_nlink > 0 { return descriptor }
            close(descriptor)
        }
    }

    private static func makeFolder(of path: String) throws {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else { return }
        let folder = String(path[..<slash])
        if mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT else { throw unusable(path, reason(errno)) }
        try makeFolder(of: folder)
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw unusable(path, reason(errno)) }
    }

    private static func taken(_ path: String) -> ControlFailure {
        ControlFailure(
            .tryAgain, "Another agent has the control socket \(path): stop it, or give this one its own with --control."
        )
    }

    private static func unusable(_ path: String, _ reason: String) -> ControlFailure {
        ControlFailure(
            .failed, "The control socket \(path) cannot be used (\(reason)): give another path with --control.")
    }

    private static func isSocket(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// Bytes that fit into `sun_path` with its closing zero (unix(7)).
    private static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    private static func address(of path: String) -> sockaddr_un? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= longestPath, !bytes.contains(0) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }
}
