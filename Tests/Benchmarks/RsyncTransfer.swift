import Foundation
import TestSupport

/// rsync with its plain daemon: no encryption, no hash of the content, no sync of the files.
struct RsyncTransfer: Transfer {
    let name = "rsync daemon"
    let program: String

    func run(_ corpus: MainsCorpus, in folder: URL) async throws -> TransferTime {
        let port = try LoopbackPort.free()
        let configuration = folder.appending(path: "rsyncd.conf")
        try """
        use chroot = no
        address = 127.0.0.1
        port = \(port)
        log file = /dev/null
        [m]
        path = \(folder.appending(path: "a").library.path)
        read only = yes
        """.write(to: configuration, atomically: true, encoding: .utf8)
        let daemon = try BenchmarkProcess(
            program, ["--daemon", "--no-detach", "--config", configuration.path],
            log: folder.appending(path: "rsync.log"))
        defer { daemon.end() }
        try await LoopbackPort.wait(for: port)
        while daemon.isBusy { try await ContinuousClock().sleep(for: .milliseconds(1)) }
        let before = daemon.cpu
        let start = Arrivals.now
        let cpu = try BenchmarkProcess.run(
            program, ["-a", "rsync://127.0.0.1:\(port)/m/", folder.appending(path: "b").library.path + "/"])
        let seconds = Arrivals.now - start
        // The daemon's own child is counted when it has ended.
        while daemon.isBusy { try await ContinuousClock().sleep(for: .milliseconds(1)) }
        return TransferTime(seconds: seconds, cpu: cpu + daemon.cpu - before)
    }
}
