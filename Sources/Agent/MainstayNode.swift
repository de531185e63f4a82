import Catalogue
import Control
import Discovery
public import Disk
import Foundation
import Identity
import Imaging
public import Logging
import Model
import PeerProtocol
public import ServiceLifecycle

/// A whole running node. Everything it owns lives as long as ``run()`` runs.
public struct MainstayNode: Service {
    /// What is known once the node serves.
    public struct ReadyInfo: Sendable {
        /// The TCP port that peers are served on.
        public var port: Int
        /// The control socket's path.
        public var controlSocket: String
        /// Images in the library as of the last run; a scan may still be under way.
        public var images: Int
    }

    private let configuration: AgentConfiguration
    private let logger: Logger
    private let onReady: @Sendable (ReadyInfo) -> Void
    private let onStatus: @Sendable (String) -> Void
    private let calls: any SystemCalls

    /// - Parameters:
    ///   - calls: the door to the library's disk.
    ///   - onReady: called once, when peers and people are served.
    ///   - onStatus: called with a short line whenever there is something new to say; for a service manager.
    public init(
        configuration: AgentConfiguration, logger: Logger, calls: any SystemCalls = LinuxCalls(),
        onReady: @escaping @Sendable (ReadyInfo) -> Void, onStatus: @escaping @Sendable (String) -> Void
    ) {
        self.calls = calls
        self.configuration = configuration
        self.logger = logger
        self.onReady = onReady
        self.onStatus = onStatus
    }

    /// Runs the node until the task is cancelled or the service group shuts down.
    ///
    /// - Throws: ``AgentError`` when it cannot start, or cannot go on.
    public func run() async throws {
        let lock = try prepareState()
        defer { lock.release() }
        let identity: NodeIdentity
        let catalogue: CatalogueDatabase
        do {
            identity = try NodeIdentity.loadOrCreate(in: configuration.state)
            catalogue = try CatalogueDatabase(path: configuration.state + "/catalogue.sqlite")
        } catch {
            throw AgentError(.failed, "\(error)", cause: error)
        }
        let opened = try await LibraryOpening(
            path: configuration.library, catalogue: catalogue, calls: calls, rules: configuration.policy.ignoring
        ).open()
        let services = try await NodeServices(
            configuration: configuration, identity: identity, catalogue: catalogue, calls: calls, logger: logger)
        defer {
            do { try catalogue.close() } catch {
                logger.warning("the catalogue did not close", metadata: ["reason": "\(error)"])
            }
        }
        do {
            try await services.run(opened: opened, onReady: onReady, onStatus: onStatus)
        } catch is CancellationError {
        } catch let error as AgentError {
            throw error
        } catch let error as ControlFailure {
            throw AgentError(error.code == .tryAgain ? .alreadyRunning : .failed, error.message, cause: error)
        } catch {
            throw AgentError(.failed, "\(error)", cause: error)
        }
    }

    /// Makes the state folder, readable by nobody else, and takes its lock.
    private func prepareState() throws -> ProcessLock {
        do {
            try FileManager.default.createDirectory(
                atPath: configuration.state, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw AgentError(
                .failed,
                "The state folder '\(configuration.state)' cannot be made; check its parent's permissions, or give another --state.",
                cause: error)
        }
        do {
            return try ProcessLock(
                path: configuration.state + "/lock", protecting: "the state folder '\(configuration.state)'")
        } catch {
            throw AgentError(error.code == .locked ? .alreadyRunning : .failed, error.message, cause: error)
        }
    }
}
