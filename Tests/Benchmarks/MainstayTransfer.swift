import Control
import Foundation
import TestSupport

/// Two agents in processes of their own, the second told to keep mains.
struct MainstayTransfer: Transfer {
    let name = "Mainstay"

    func run(_ corpus: MainsCorpus, in folder: URL) async throws -> TransferTime {
        let (a, readyA) = try start("a", in: folder, [])
        defer { a.end() }
        let (b, readyB) = try start("b", in: folder, ["--keep", "mains"])
        defer { b.end() }
        for (node, ready) in [("a", readyA), ("b", readyB)] {
            try await ready.line("READY=1")
            try FileManager.default.removeItem(at: folder.appending(path: "\(node)/ready"))
        }
        let (host, guest) = (control("a", in: folder), control("b", in: folder))
        for try await status in guest.statusChanges() where status.library.state == .ok { break }
        for try await status in host.statusChanges() where status.library.mains == corpus.count { break }
        let line = try await host.invite().invite
        let arrivals = try corpus.watch(folder.appending(path: "b").library)
        let before = a.cpu + b.cpu
        let start = Arrivals.now
        _ = try await guest.join(line)
        let end = try await arrivals.last()
        let cpu = a.cpu + b.cpu - before
        // What stands there is known to be there, too.
        for try await status in guest.statusChanges() where status.library.mains == corpus.count { break }
        _ = try await host.unpair("b")
        return TransferTime(seconds: end - start, cpu: cpu)
    }

    private func control(_ node: String, in folder: URL) -> ControlClient {
        ControlClient(socketPath: folder.appending(path: "\(node)/s").path)
    }

    private func start(
        _ node: String, in folder: URL, _ more: [String]
    ) throws -> (BenchmarkProcess, HostReadySocket) {
        let home = folder.appending(path: node)
        let ready = try HostReadySocket(at: home.appending(path: "ready"))
        let process = try BenchmarkProcess(
            HostBinaries.syncd,
            [
                "--library", home.library.path, "--state", home.appending(path: "state").path, "--name", node,
                "--listen", "127.0.0.1:0", "--control", home.appending(path: "s").path, "--no-mdns",
            ] + more, environment: ["NOTIFY_SOCKET": ready.path], log: home.appending(path: "log"))
        return (process, ready)
    }
}
