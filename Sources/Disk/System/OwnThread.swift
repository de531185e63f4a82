import CLinux
import Glibc

/// A detached thread, outside every pool.
enum OwnThread {
    private final class Start {
        let name: String
        let work: @Sendable () -> Void
        init(_ name: String, _ work: @escaping @Sendable () -> Void) {
            self.name = name
            self.work = work
        }
    }

    /// Runs `work` on a thread of its own; `name` is cut to the 15 bytes that the kernel keeps.
    static func start(named name: String, _ work: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(String(decoding: name.utf8.prefix(15), as: UTF8.self), work))
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                _ = CLinux.pthread_setname_np(pthread_self(), start.name)
                start.work()
                return nil
            }, start.toOpaque())
        // pthread_create(3) fails only when the machine or the cgroup has no thread left to give.
        precondition(result == 0, "no thread could be started: raise TasksMax= or ulimit -u")
        pthread_detach(thread)
    }
}
