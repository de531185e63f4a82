import Glibc

/// What the process may use.
enum Limits {
    /// Raises the number of files that may be open to what the system allows: peers, reduced copies and the database
    /// need a few hundred, and shells begin with 1,024 for the sake of programs that use select(2).
    static func raiseOpenFiles() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
        else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
