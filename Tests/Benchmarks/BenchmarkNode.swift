import Agent
import Control
import Foundation
import Logging
import Model

/// A whole agent in this process, for a benchmark.
struct BenchmarkNode: Sendable {
    let folder: URL
    var library: URL { folder.appending(path: "library") }
    var control: ControlClient { ControlClient(socketPath: folder.appending(path: "s").path) }

    static func run<T: Sendable>(
        _ name: String, in parent: URL, _ body: @escaping @Sendable (BenchmarkNode) async throws -> T
    ) async throws -> T {
        let node = BenchmarkNode(folder: parent.appending(path: name))
        try FileManager.default.createDirectory(at: node.library, withIntermediateDirectories: true)
        let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
        var logger = Logger(label: name)
        logger.logLevel = .error
        let agent = MainstayNode(
            configuration: AgentConfiguration(
                library: node.library.path, state: node.folder.appending(path: "state").path, name: name,
                listenHosts: ["127.0.0.1"], port: 0, controlSocket: node.folder.appending(path: "s").path,
                policy: Policy(), discovers: false),
            logger: logger, onReady: { _ in continuation.yield() }, onStatus: { _ in })
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await agent.run()
                return nil
            }
            for await _ in ready { break }
            let result = try await body(node)
            group.cancelAll()
            return result
        }
    }

    /// Two agents that are paired with each other.
    static func pair<T: Sendable>(
        in folder: URL, prepare: (URL) throws -> Void = { _ in },
        _ body: @escaping @Sendable (BenchmarkNode, BenchmarkNode) async throws -> T
    ) async throws -> T {
        let library = folder.appending(path: "a/library")
        try FileManager.default.createDirectory(at: library, withIntermediateDirectories: true)
        try prepare(library)
        return try await run("a", in: folder) { a in
            try await run("b", in: folder) { b in try await body(a, b) }
        }
    }

    func join(_ host: BenchmarkNode) async throws { _ = try await control.join(try await host.control.invite().invite) }

    /// Waits until the node's status is as wanted.
    func wait(until isSo: @escaping @Sendable (StatusReport) -> Bool) async throws {
        for try await status in control.statusChanges() where isSo(status) { return }
    }
}
