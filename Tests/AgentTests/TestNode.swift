import Agent
import Control
import Disk
import Foundation
import Imaging
import Logging
import Model
import Testing

/// A whole agent in this process: its own folders, its own port on the loopback, its own control socket.
struct TestNode: Sendable {
    let name: String
    let folder: URL
    let port: Int

    var library: URL { folder.appending(path: "library") }
    var state: URL { folder.appending(path: "state") }
    var control: ControlClient { ControlClient(socketPath: folder.appending(path: "s").path) }

    /// Runs an agent for as long as `body` runs. A folder that an earlier one has left is gone on with.
    static func run<T: Sendable>(
        _ name: String, in parent: URL, calls: any SystemCalls = LinuxCalls(),
        logger: Logger? = nil, configure: (inout AgentConfiguration) -> Void = { _ in },
        _ body: @Sendable (TestNode) async throws -> T
    ) async throws -> T {
        let folder = parent.appending(path: name)
        try FileManager.default.createDirectory(
            at: folder.appending(path: "library"), withIntermediateDirectories: true)
        var configuration = AgentConfiguration(
            library: folder.appending(path: "library").path, state: folder.appending(path: "state").path, name: name,
            listenHosts: ["127.0.0.1"], port: try FreePort.find(),
            controlSocket: folder.appending(path: "s").path, policy: Policy(),
            discovers: false)
        configure(&configuration)
        let (ready, continuation) = AsyncStream.makeStream(of: Int.self)
        var quiet = Logger(label: name)
        quiet.logLevel = .critical
        let node = MainstayNode(
            configuration: configuration, logger: logger ?? quiet, calls: calls,
            onReady: { continuation.yield($0.port) }, onStatus: { _ in })
        return try await withThrowingTaskGroup(of: T?.self) { group in
            let end = Mutexed<String?>(nil)
            group.addTask {
                defer { continuation.finish() }
                do { try await node.run() } catch {
                    end.value = "\(error)"
                    throw error
                }
                end.value = "it says nothing of why"
                return nil
            }
            var ports = ready.makeAsyncIterator()
            guard let port = await ports.next() else {
                _ = try await group.next()
                throw Failure("The node \(name) ended before it was ready.")
            }
            FreePort.keepFromChildren()
            do {
                let result = try await body(TestNode(name: name, folder: folder, port: port))
                group.cancelAll()
                try await group.waitForAll()
                return result
            } catch {
                if let end = end.value { throw Failure("\(error) The node \(name) had ended: \(end)") }
                group.cancelAll()
                throw error
            }
        }
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
        init(_ description: String) { self.description = description }
    }

    /// Pairs this node with another by an invitation.
    ///
    /// - Parameters:
    ///   - rights: what the other one may here; nil for what it says of itself.
    ///   - there: what this one may there; nil for what it says of itself.
    func join(_ host: TestNode, as rights: PeerRights? = .archive, there: PeerRights? = .archive) async throws {
        _ = try await control.join(try await host.control.invite(as: there).invite, as: rights)
    }

    /// Waits until the status is as wanted, as the node itself tells of its changes.
    ///
    /// - Throws: ``Failure`` with the last status after three minutes, which is far more than anything here takes.
    @discardableResult
    func wait(_ what: String, until isSo: @escaping @Sendable (StatusReport) -> Bool) async throws -> StatusReport {
        var last: StatusReport?
        for try await status in control.statusChanges(for: 180) {
            if isSo(status) { return status }
            last = status
        }
        let files = (try? files) ?? []
        let state = "It has \(files). Its last status: \(String(describing: last))."
        throw Failure("\(name) did not come to this: \(what). \(state)")
    }

    /// Waits until an answer of the control socket is as wanted, asking again at each change of the status.
    @discardableResult
    func wait<Answer: Sendable>(
        _ what: String, for ask: @Sendable (ControlClient) async throws -> Answer,
        until isSo: @Sendable (Answer) -> Bool
    ) async throws -> Answer {
        var last: Answer?
        for try await _ in control.statusChanges(for: 180) {
            let answer = try await ask(control)
            if isSo(answer) { return answer }
            last = answer
        }
        throw Failure("\(name) did not come to this: \(what). Its last answer: \(String(describing: last)).")
    }

    /// Waits until nothing is left to do and every mirror is in step, with `images` known.
    @discardableResult
    func settle(images: Int, missing: Int = 0) async throws -> StatusReport {
        try await wait("\(images) images, \(missing) missing, in sync") { status in
            status.library.images == images && status.library.missing == missing && status.work.running == 0
                && status.work.pending == 0 && status.peers.allSatisfy { $0.inSync && $0.state == .connected }
        }
    }

    /// Looks at the library now.
    @discardableResult
    func scan(acceptRemovals: Bool = false) async throws -> ScanReport {
        for try await case .done(let report) in control.scan(acceptRemovals: acceptRemovals) { return report }
        throw Failure("The scan of \(name) ended without a report.")
    }

    /// Puts a file into the library, complete at once under its name. Its time is in the past by default, so it has
    /// settled.
    func put(_ bytes: [UInt8], _ path: String, dated time: TimeInterval = 1_780_000_000) throws {
        let target = library.appending(path: path)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        let temporary = library.appending(path: ".new-\(UUID().uuidString)")
        try Data(bytes).write(to: temporary)
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: time)], ofItemAtPath: temporary.path)
        // rename(2) as programs that care do it; it replaces what is there.
        guard rename(temporary.path, target.path) == 0 else { throw Failure("\(path): errno \(errno)") }
    }

    func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: library.appending(path: path))) }

    func remove(_ path: String) throws { try FileManager.default.removeItem(at: library.appending(path: path)) }

    /// Every visible file of the library, by path.
    var files: [String] {
        get throws {
            let all = FileManager.default.enumerator(atPath: library.path)
            return (all?.compactMap { $0 as? String } ?? []).filter { path in
                var isFolder: ObjCBool = false
                _ = FileManager.default.fileExists(atPath: library.appending(path: path).path, isDirectory: &isFolder)
                return !isFolder.boolValue && !path.hasPrefix(".")
            }.sorted()
        }
    }
}

/// Photos for tests: small enough to be quick in a debug build, large enough to be worth reducing.
enum Photo {
    /// A photo of 2,400 × 1,600, of which reduced copies of 1,024 are made; different for each number.
    static func large(_ number: Int) throws -> [UInt8] {
        try SamplePhoto(seed: UInt64(number), width: 2400, height: 1600).jpeg(captured: 1_780_000_000 + Int64(number))
    }

    /// A photo that is taken as it is.
    static func small(_ number: Int) throws -> [UInt8] {
        try SamplePhoto(seed: UInt64(number), width: 320, height: 240).jpeg(captured: 1_780_000_000)
    }
}

extension AgentConfiguration {
    /// Asks for reduced copies of 1,024 pixels, so that small photos do for tests.
    mutating func reduceMore() { policy.edge = 1024 }
}
