import Foundation
public import Model
import NIOCore
import NIOHTTP1

/// The command's end of the control socket: the requests of ``NodeControl``, sent to a running agent.
///
/// Every method throws ``ControlFailure`` and nothing else but `CancellationError`.
public struct ControlClient: Sendable {
    /// Path of the socket.
    public let socketPath: String

    /// Told of every request; nil where nobody wants to know.
    let watch: (any RequestWatch)?
    /// The name of the command that asks: what the agent waits for is asked by it.
    let command = UUID().uuidString

    /// - Parameters:
    ///   - socketPath: path of the socket.
    ///   - watch: told of every request.
    public init(socketPath: String, watch: (any RequestWatch)? = nil) {
        self.socketPath = socketPath
        self.watch = watch
    }

    /// What an agent that is well answers within, with a disk that is busy: longer means that it hangs.
    static let patience = TimeAmount.seconds(20)
    /// For what waits for another machine's answer as well.
    static let longPatience = TimeAmount.seconds(90)
    /// For looking at every image of the library.
    static let lookingPatience = TimeAmount.minutes(10)
    /// For removing files: a slow disk takes some 10 ms for each, and there may be a hundred thousand.
    static let removingPatience = TimeAmount.hours(1)
    /// For asking what is waited for: an answer that takes longer says by itself that the agent does not answer.
    static let stepPatience = TimeAmount.seconds(10)

    /// What the agent waits for on behalf of the requests of this client that are under way; nil where it does not say.
    /// Nobody is told of this request.
    public func step() async throws -> CommandStep? {
        let client = ControlClient(socketPath: socketPath)
        let bytes = try await client.bytes(.GET, "/v1/step", ["command": command], nil, patience: Self.stepPatience)
        return bytes.isEmpty ? nil : try client.read(bytes)
    }

    /// See ``NodeControl/status()``.
    public func status() async throws -> StatusReport { try await object(.GET, "/v1/status") }

    /// See ``NodeControl/statusChanges()``.
    ///
    /// - Parameter seconds: ends after that long; nil goes on until the agent stops, which throws `tryAgain`.
    public func statusChanges(for seconds: Int64? = nil) -> AsyncThrowingStream<StatusReport, any Error> {
        stream(.GET, "/v1/status", ["follow": "true"], for: seconds.map(TimeAmount.seconds), isFollowed: true)
    }

    /// See ``NodeControl/images(under:form:)``.
    public func images(under path: String, form: HeldForm?) -> AsyncThrowingStream<ImageLine, any Error> {
        stream(.GET, "/v1/images", ["under": path, "form": form?.rawValue])
    }

    /// See ``NodeControl/known(_:)``.
    public func known(_ paths: [RelativePath]) async throws -> [RelativePath] {
        try await list(.POST, "/v1/known", body: ControlJSON.line(ControlRequest.Paths(paths: paths)))
    }

    /// See ``NodeControl/why(_:)``.
    public func why(_ path: RelativePath) async throws -> WhyReport {
        try await object(.GET, "/v1/why", ["path": path.description])
    }

    /// See ``NodeControl/why(folder:)``.
    public func why(folder: String) async throws -> FolderReport {
        try await object(.GET, "/v1/why/folder", ["path": folder], patience: Self.lookingPatience)
    }

    /// See ``NodeControl/nearby()``.
    public func nearby() async throws -> [NearbyLine] { try await list(.GET, "/v1/nearby") }

    /// See ``NodeControl/peers()``.
    public func peers() async throws -> [PeerLine] { try await list(.GET, "/v1/peers") }

    /// See ``NodeControl/unpair(_:)``.
    public func unpair(_ peer: String) async throws -> PeerLine {
        try await object(.DELETE, "/v1/peers", ["peer": peer])
    }

    /// See ``NodeControl/change(_:)``.
    public func change(_ request: RightsRequest) async throws -> PeerLine {
        try await object(.POST, "/v1/peers/rights", body: ControlJSON.line(request))
    }

    /// See ``NodeControl/invite(as:)``.
    public func invite(as rights: PeerRights? = nil) async throws -> InviteReport {
        try await object(.POST, "/v1/invitations", ["as": rights?.names.joined(separator: ",")])
    }

    /// See ``NodeControl/join(_:as:)``.
    public func join(_ line: String, as rights: PeerRights? = nil) async throws -> PairedReport {
        try await object(
            .POST, "/v1/join", body: ControlJSON.line(ControlRequest.Join(invite: line, rights: rights)),
            patience: Self.longPatience)
    }

    /// See ``NodeControl/pair(with:as:)``.
    public func pair(
        with target: String?, as rights: PeerRights? = nil
    ) -> AsyncThrowingStream<PairingMessage, any Error> {
        stream(.POST, "/v1/pairing", ["with": target, "as": rights?.names.joined(separator: ",")])
    }

    /// See ``NodeControl/confirmPairing(attempt:yes:)``.
    public func confirmPairing(attempt: String, yes: Bool) async throws {
        let body = try ControlJSON.line(ControlRequest.Confirmation(attempt: attempt, yes: yes))
        _ = try await bytes(.POST, "/v1/pairing/confirmation", [:], body, patience: Self.patience)
    }

    /// See ``NodeControl/scan(acceptRemovals:)``.
    public func scan(acceptRemovals: Bool) -> AsyncThrowingStream<ScanMessage, any Error> {
        stream(.POST, "/v1/scan", ["acceptRemovals": acceptRemovals ? "true" : nil])
    }

    /// See ``NodeControl/newLibrary()``.
    public func newLibrary() -> AsyncThrowingStream<ScanMessage, any Error> { stream(.POST, "/v1/library/new") }

    /// See ``NodeControl/fetch(_:alone:)``.
    public func fetch(_ paths: [RelativePath], alone: Bool = false) -> AsyncThrowingStream<WorkMessage, any Error> {
        stream(.POST, "/v1/fetch", body: ControlRequest.Named(paths: paths, alone: alone))
    }

    /// See ``NodeControl/evict(_:)``.
    public func evict(_ request: EvictRequest) -> AsyncThrowingStream<WorkMessage, any Error> {
        stream(.POST, "/v1/evict", body: request)
    }

    /// See ``NodeControl/free(bytes:dryRun:)``.
    public func free(bytes: Int64, dryRun: Bool) -> AsyncThrowingStream<WorkMessage, any Error> {
        stream(.POST, "/v1/free", body: ControlRequest.Free(bytes: bytes, dryRun: dryRun))
    }

    /// See ``NodeControl/delete(_:)``.
    public func delete(_ request: DeleteRequest) -> AsyncThrowingStream<WorkMessage, any Error> {
        stream(.POST, "/v1/delete", body: request)
    }

    /// See ``NodeControl/review()``.
    public func review() async throws -> [ReviewLine] { try await list(.GET, "/v1/review") }

    /// See ``NodeControl/answer(_:)``.
    public func answer(_ answer: ReviewAnswer) async throws -> [ReviewLine] {
        try await list(.POST, "/v1/review", body: ControlJSON.line(answer), patience: Self.longPatience)
    }

    /// See ``NodeControl/trash()``.
    public func trash() async throws -> [TrashLine] { try await list(.GET, "/v1/trash") }

    /// See ``NodeControl/emptyTrash(_:)``.
    public func emptyTrash(_ paths: [RelativePath]) async throws -> EmptiedTrash {
        try await object(
            .POST, "/v1/trash/empty", body: ControlJSON.line(ControlRequest.Paths(paths: paths)),
            patience: Self.removingPatience)
    }

    /// See ``NodeControl/verify(_:)``.
    public func verify(_ request: VerifyRequest) -> AsyncThrowingStream<WorkMessage, any Error> {
        stream(.POST, "/v1/verify", body: request)
    }

    /// See ``NodeControl/restore(_:deleted:alone:)``.
    public func restore(
        _ paths: [RelativePath], deleted: Bool = false, alone: Bool = false
    ) async throws -> [RestoreLine] {
        try await list(
            .POST, "/v1/restore",
            body: ControlJSON.line(ControlRequest.Restore(paths: paths, deleted: deleted, alone: alone)),
            patience: Self.longPatience)
    }

    /// See ``NodeControl/dismiss(_:alone:)``.
    public func dismiss(_ paths: [RelativePath], alone: Bool = false) async throws -> [DismissLine] {
        try await list(
            .POST, "/v1/dismiss", body: ControlJSON.line(ControlRequest.Named(paths: paths, alone: alone)),
            patience: Self.longPatience)
    }

    /// See ``NodeControl/edit(_:)``.
    public func edit(_ request: EditRequest) -> AsyncThrowingStream<EditMessage, any Error> {
        stream(.POST, "/v1/edit", body: request)
    }

    /// See ``NodeControl/edits(under:)``.
    public func edits(under paths: [RelativePath]) -> AsyncThrowingStream<EditLine, any Error> {
        // An address has no room for the paths that a shell makes of a pattern.
        paths.isEmpty
            ? stream(.GET, "/v1/edits") : stream(.POST, "/v1/edits", body: ControlRequest.Paths(paths: paths))
    }

    /// See ``NodeControl/settings()``.
    public func settings() async throws -> SettingsReport { try await object(.GET, "/v1/settings") }

    /// See ``NodeControl/reloadSettings()``.
    public func reloadSettings() async throws -> SettingsReport { try await object(.POST, "/v1/settings/reload") }

    /// See ``NodeControl/doctor()``.
    public func doctor() async throws -> [DoctorFinding] {
        try await list(.GET, "/v1/doctor", patience: Self.longPatience)
    }
}
