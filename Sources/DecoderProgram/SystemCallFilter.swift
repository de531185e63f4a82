import CSeccomp

/// The system calls that decoding takes, and no others (seccomp(2)).
///
/// What no decoder has a reason to call ends the process at once, so that the agent sees it and starts a fresh one. All
/// else that is not allowed is refused with EPERM: libraries ask the system this and that, and another version of one
/// may ask something new, without which it goes on. Either way nothing happens.
enum SystemCallFilter {
    private static let allowed = [
        // memory
        "brk", "mremap", "munmap", "madvise",
        // the main, which is only lent: its offset stays where it is
        "pread64", "close",
        // time and chance
        "clock_gettime", "gettimeofday", "getrandom",
        // locks and the end
        "futex", "sched_yield", "sched_getaffinity", "getpid", "gettid", "rt_sigreturn", "rt_sigprocmask",
        "restart_syscall",
        "exit", "exit_group",
    ]

    private static let deadly = [
        "execve", "execveat", "fork", "vfork", "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4",
        "sendto", "sendmmsg", "ptrace", "process_vm_readv", "process_vm_writev", "kill", "tkill", "pidfd_open",
        "pidfd_getfd", "pidfd_send_signal", "bpf", "userfaultfd", "perf_event_open", "io_uring_setup", "mount",
        "umount2",
        "unshare", "setns", "chroot", "pivot_root", "memfd_create", "open_by_handle_at", "add_key", "request_key",
        "keyctl",
        "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "mkdir",
        "mkdirat", "chmod", "fchmod", "fchmodat", "chown", "fchown", "fchownat", "truncate", "ftruncate", "setxattr",
        "fsetxattr", "pwrite64", "pwritev", "splice", "sendfile", "copy_file_range",
    ]

    /// PROT_EXEC; the third argument of both calls.
    private static let executable: UInt64 = 4
    /// PR_GET_SECCOMP
    private static let askForFilter: UInt64 = 21

    /// Puts the filter up. Answers whether it could.
    static func load(connection: Int32) -> Bool {
        guard let filter = seccomp_init(mainstay_act_refuse()) else { return false }
        defer { seccomp_release(filter) }
        let (allow, kill) = (mainstay_act_allow(), mainstay_act_kill())
        var statuses = allowed.map { mainstay_rule(filter, allow, $0) }
        statuses += deadly.map { mainstay_rule(filter, kill, $0) }
        for call in ["mmap", "mprotect"] {
            statuses.append(mainstay_rule_masked(filter, allow, call, 2, executable, 0))
            statuses.append(mainstay_rule_masked(filter, kill, call, 2, executable, executable))
        }
        for call in ["sendmsg", "recvmsg"] {
            statuses.append(mainstay_rule_masked(filter, allow, call, 0, 0xFFFF_FFFF, UInt64(connection)))
        }
        statuses.append(mainstay_rule_masked(filter, allow, "prctl", 0, 0xFFFF_FFFF, askForFilter))
        return statuses.allSatisfy { $0 == 0 } && seccomp_load(filter) == 0
    }
}
