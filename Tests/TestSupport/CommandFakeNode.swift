public import Control
import Foundation
public import Model
import Synchronization

/// A node that answers what it is told to: what stands behind a control socket in tests of the socket and the command.
public final class FakeNode: NodeControl {
    private struct State {
        var status = CommandSamples.status
        var followers: [Int: AsyncStream<StatusReport>.Continuation] = [:]
        var next = 0
        var calls: [String] = []
        var answer: CheckedContinuation<Bool, Never>?
        var givenAnswer: Bool?
    }

    private let state = Mutex(State())
    let images: [ImageLine]
    let script: Script?
    let editScript: [EditMessage]?
    let isEditEndless: Bool
    let picture: Picture?
    private let failure: ControlFailure?
    private let waits: String?
    private let begun: AsyncStream<Void>
    private let begin: AsyncStream<Void>.Continuation
    private let ended: AsyncStream<String>
    private let end: AsyncStream<String>.Continuation

    /// - Parameters:
    ///   - failure: thrown by every request, if there is one.
    ///   - script: said to every piece of work on images, if there is one.
    ///   - edits: said to every request to edit, if there are any; the stream goes on after them for `isEditEndless`.
    ///   - picture: what is exported; nothing is known without.
    ///   - waits: what every request says that it waits for, from its beginning on.
    public init(
        images: [ImageLine] = CommandSamples.images, failure: ControlFailure? = nil, script: Script? = nil,
        edits: [EditMessage]? = nil, isEditEndless: Bool = false, picture: Picture? = nil,
        waits: String? = nil
    ) {
        editScript = edits
        self.isEditEndless = isEditEndless
        self.picture = picture
        self.images = images
        self.script = script
        self.failure = failure
        self.waits = waits
        (begun, begin) = AsyncStream.makeStream(of: Void.self)
        (ended, end) = AsyncStream.makeStream(of: String.self)
    }

    /// What was asked, in order, as a word with its arguments.
    public var calls: [String] { state.withLock { $0.calls } }

    /// The followers of the status, as they come.
    public var followers: AsyncStream<Void> { begun }

    /// The streams that were given up by their readers, as they are.
    public var endedStreams: AsyncStream<String> { ended }

    /// Gives every follower another status.
    public func publish(_ report: StatusReport) {
        let followers = state.withLock { state in
            state.status = report
            return Array(state.followers.values)
        }
        for follower in followers { follower.yield(report) }
    }

    func noteEnd(of stream: String) { end.yield(stream) }

    func note(_ call: String) throws {
        state.withLock { $0.calls.append(call) }
        if let waits { CommandWaits.Wait().turns(to: waits) }
        if let failure { throw failure }
    }

    public func status() async throws -> StatusReport {
        try note("status")
        return state.withLock { $0.status }
    }

    public func statusChanges() -> AsyncStream<StatusReport> {
        let (stream, continuation) = AsyncStream.makeStream(of: StatusReport.self)
        let (key, report) = state.withLock { state in
            state.next += 1
            state.followers[state.next] = continuation
            return (state.next, state.status)
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.followers.removeValue(forKey: key) }
            self?.end.yield("status")
        }
        continuation.yield(report)
        begin.yield()
        return stream
    }

    public func images(under path: String, form: HeldForm?) -> AsyncThrowingStream<[ImageLine], any Error> {
        AsyncThrowingStream { continuation in
            do {
                try note("images '\(path)' \(form?.rawValue ?? "any")")
                let found = images.filter { $0.path.isWithin(path) && (form == nil || $0.form == form) }
                for begin in stride(from: 0, to: found.count, by: 2) {
                    continuation.yield(Array(found[begin..<min(begin + 2, found.count)]))
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
    }

    public func known(_ paths: [RelativePath]) async throws -> [RelativePath] {
        try note("known \(paths.map(\.description).joined(separator: " "))")
        return paths.filter { path in images.contains { $0.path.isWithin(path.description) } }
    }

    public func why(_ path: RelativePath) async throws -> WhyReport {
        try note("why \(path)")
        guard images.contains(where: { $0.path == path }) else {
            throw ControlFailure(.notFound, "No image is known at '\(path)'.")
        }
        return CommandSamples.why(path)
    }

    public func why(folder: String) async throws -> FolderReport {
        try note("why folder '\(folder)'")
        guard images.contains(where: { $0.path.isWithin(folder) }) else {
            throw ControlFailure(.notFound, "No image is known at or below '\(folder)'.")
        }
        return CommandSamples.why(folder: folder)
    }

    public func nearby() async throws -> [NearbyLine] {
        try note("nearby")
        return CommandSamples.nearby
    }

    public func peers() async throws -> [PeerLine] {
        try note("peers")
        return state.withLock { $0.status.peers }
    }

    public func unpair(_ peer: String) async throws -> PeerLine {
        try note("unpair \(peer)")
        guard let line = CommandSamples.status.peers.first(where: { $0.name == peer }) else {
            throw ControlFailure(.notFound, "There is no peer '\(peer)': see 'syncctl peers'.")
        }
        return line
    }

    public func review() async throws -> [ReviewLine] {
        try note("review")
        return [CommandSamples.review]
    }

    public func answer(_ answer: ReviewAnswer) async throws -> [ReviewLine] {
        try note("answer \(answer.peer ?? "all") \(answer.accepts)")
        return [CommandSamples.review]
    }

    public func change(_ request: RightsRequest) async throws -> PeerLine {
        let words = [("as", request.rights), ("allow", request.allow), ("deny", request.deny)].compactMap {
            word, rights in
            rights.flatMap { $0.isEmpty ? nil : "\(word) \($0.names.joined(separator: ","))" }
        }
        try note("rights of \(request.peer): \(words.joined(separator: "; "))")
        guard
            var line = CommandSamples.status.peers.first(where: {
                $0.name == request.peer || "\($0.id)" == request.peer
            })
        else { throw ControlFailure(.notFound, "There is no peer '\(request.peer)': see 'syncctl peers'.") }
        line.rights = (request.rights ?? line.rights).allowing(request.allow).denying(request.deny)
        return line
    }

    public func invite(as rights: PeerRights?) async throws -> InviteReport {
        try note("invite" + Self.words(rights))
        return InviteReport(
            invite: "mainstay://192.168.1.20:21417/\(CommandSamples.node)#c2VjcmV0", expires: CommandSamples.now + 600)
    }

    private static func words(_ rights: PeerRights?) -> String {
        rights.map { " as " + $0.names.joined(separator: ",") } ?? ""
    }

    public func join(_ line: String, as rights: PeerRights?) async throws -> PairedReport {
        try note("join \(line)" + Self.words(rights))
        return PairedReport(
            id: CommandSamples.peer, name: "laptop", address: "192.168.1.21:21417", rights: rights ?? .member,
            keep: .reduced)
    }

    public func pair(with target: String?, as rights: PeerRights?) -> AsyncThrowingStream<PairingMessage, any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: PairingMessage.self)
        continuation.yield(.waiting("for the other machine to run syncctl pair"))
        continuation.yield(.digits(attempt: "a1", digits: "012345", name: "laptop", id: CommandSamples.peer))
        let task = Task {
            do { try note("pair \(target ?? "-")") } catch { return continuation.finish(throwing: error) }
            let yes = await withCheckedContinuation { (answer: CheckedContinuation<Bool, Never>) in
                let given = state.withLock { state in
                    if state.givenAnswer == nil { state.answer = answer }
                    return state.givenAnswer
                }
                if let given { answer.resume(returning: given) }
            }
            continuation.yield(
                yes
                    ? .paired(
                        target == "attic"
                            ? PairedReport(id: CommandSamples.peer, name: "attic", keep: .mains, isOpen: true)
                            : PairedReport(id: CommandSamples.peer, name: "laptop", keep: .reduced))
                    : .failed(ControlFailure(.failed, "The numbers were not the same: nothing was paired.")))
            continuation.finish()
        }
        continuation.onTermination = { [weak self] termination in
            if case .cancelled = termination {
                self?.end.yield("pair")
                self?.give(false)
            }
            task.cancel()
        }
        return stream
    }

    public func confirmPairing(attempt: String, yes: Bool) async throws {
        try note("confirm \(attempt) \(yes)")
        give(yes)
    }

    private func give(_ answer: Bool) {
        let waiting = state.withLock { state in
            defer { state.answer = nil }
            if state.answer == nil, state.givenAnswer == nil { state.givenAnswer = answer }
            return state.answer
        }
        waiting?.resume(returning: answer)
    }

    public func scan(acceptRemovals: Bool) -> AsyncThrowingStream<ScanMessage, any Error> {
        look("scan \(acceptRemovals)")
    }

    public func newLibrary() -> AsyncThrowingStream<ScanMessage, any Error> { look("newLibrary") }

    private func look(_ call: String) -> AsyncThrowingStream<ScanMessage, any Error> {
        AsyncThrowingStream { continuation in
            do {
                try note(call)
                continuation.yield(.progress(ActivityProgress(phase: .reading, done: 1, total: 2)))
                continuation.yield(
                    .done(ScanReport(images: 2, added: 1, changed: 0, moved: 0, removed: 0, skipped: 0, seconds: 0.5)))
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
    }

    public func restore(_ paths: [RelativePath], deleted: Bool, alone: Bool) async throws -> [RestoreLine] {
        let words = paths.map(\.description).joined(separator: " ")
        try note("restore \(words)\(deleted ? " deleted" : "")\(alone ? " alone" : "")")
        return paths.map { path in
            RestoreLine(path: path, outcome: images.contains { $0.path == path } ? .restored : .unknown)
        }
    }

    public func settings() async throws -> SettingsReport {
        try note("settings")
        return CommandSamples.settings
    }

    public func reloadSettings() async throws -> SettingsReport {
        try note("reload settings")
        return CommandSamples.settings
    }

    public func doctor() async throws -> [DoctorFinding] {
        try note("doctor")
        return [
            DoctorFinding(check: "disk", state: .ok, what: "120.0 GB are free."),
            DoctorFinding(
                check: "avahi", state: .warning, what: "Avahi does not answer.",
                remedy: "Run: sudo systemctl start avahi-daemon"),
        ]
    }
}
