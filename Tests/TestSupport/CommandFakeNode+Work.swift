public import Control
import Foundation
public import Model

/// Work on images: the script that the node was given, or for each path what would become of its images.
extension FakeNode {
    /// What a node says to a piece of work.
    public struct Script: Sendable {
        /// The messages, in order.
        public var messages: [WorkMessage]
        /// Whether the stream goes on after them, until its reader goes away.
        public var isEndless: Bool

        public init(_ messages: [WorkMessage], isEndless: Bool = false) {
            self.messages = messages
            self.isEndless = isEndless
        }
    }

    public func fetch(_ paths: [RelativePath], alone: Bool) -> AsyncThrowingStream<WorkMessage, any Error> {
        work("fetch", "fetch \(words(paths))\(alone ? " alone" : "")", paths, .fetching) {
            $0.form == .main ? .here : .fetched
        }
    }

    public func evict(_ request: EvictRequest) -> AsyncThrowingStream<WorkMessage, any Error> {
        let days = request.olderThanDays.map { " older \($0)" } ?? ""
        let alone = request.alone == true ? " alone" : ""
        let call = "evict \(words(request.paths))\(days)\(request.dryRun ? " dry" : "")\(alone)"
        return work("evict", call, request.paths, .evicting) {
            $0.form == .main ? request.dryRun ? .wouldEvict : .evicted : .here
        }
    }

    public func free(bytes: Int64, dryRun: Bool) -> AsyncThrowingStream<WorkMessage, any Error> {
        work("free", "free \(bytes)\(dryRun ? " dry" : "")", [], .evicting, wanted: bytes) {
            $0.form == .main ? dryRun ? .wouldEvict : .evicted : .here
        }
    }

    public func delete(_ request: DeleteRequest) -> AsyncThrowingStream<WorkMessage, any Error> {
        let words = words(request.paths) + (request.dryRun == true ? " dry" : "")
        let call = "delete \(words)\(request.alone == true ? " alone" : "")\(request.agreed == nil ? "" : " agreed")"
        return work("delete", call, request.paths, .deleting) { _ in
            request.dryRun == true ? .wouldDelete : .deleted
        }
    }

    public func dismiss(_ paths: [RelativePath], alone: Bool) async throws -> [DismissLine] {
        try note("dismiss \(words(paths))\(alone ? " alone" : "")")
        return paths.map { path in
            let found = images.filter { $0.path.isWithin(path.description) }
            return DismissLine(path: path, images: found.count, mains: found.count { $0.form == .main })
        }
    }

    public func trash() async throws -> [TrashLine] {
        try note("trash")
        return CommandSamples.trash
    }

    public func emptyTrash(_ paths: [RelativePath]) async throws -> EmptiedTrash {
        try note("emptyTrash \(words(paths))")
        let gone = CommandSamples.trash.filter { line in
            paths.isEmpty || paths.contains { line.path.isWithin($0.description) }
        }
        return EmptiedTrash(images: gone.count, bytes: gone.reduce(0) { $0 + $1.bytes })
    }

    public func verify(_ request: VerifyRequest) -> AsyncThrowingStream<WorkMessage, any Error> {
        work("verify", "verify \(words(request.paths))\(request.all ? " all" : "")", request.paths, .verifying) {
            $0.form == .main ? .verified : .here
        }
    }

    private func words(_ paths: [RelativePath]) -> String {
        paths.isEmpty ? "-" : paths.map(\.description).joined(separator: " ")
    }

    private func work(
        _ name: String, _ call: String, _ paths: [RelativePath], _ phase: ActivityProgress.Phase, wanted: Int64? = nil,
        outcome: (ImageLine) -> ImageOutcome.Outcome
    ) -> AsyncThrowingStream<WorkMessage, any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: WorkMessage.self)
        continuation.onTermination = { [weak self] termination in
            if case .cancelled = termination { self?.noteEnd(of: name) }
        }
        do {
            try note(call)
            let script = script ?? Script(messages(paths, phase, wanted, outcome))
            for message in script.messages { continuation.yield(message) }
            if !script.isEndless { continuation.finish() }
        } catch {
            continuation.finish(throwing: error)
        }
        return stream
    }

    private func messages(
        _ paths: [RelativePath], _ phase: ActivityProgress.Phase, _ wanted: Int64?,
        _ outcome: (ImageLine) -> ImageOutcome.Outcome
    ) -> [WorkMessage] {
        let all = paths.isEmpty ? [""] : paths.map(\.description)
        let outcomes = all.flatMap { path in
            let found = images.filter { $0.path.isWithin(path) }
            if found.isEmpty {
                return [ImageOutcome(path: CommandSamples.path(path), outcome: .unknown, reason: "No image is there.")]
            }
            return found.map { image in
                let other = image.path == found.last?.path ? "it is the same image as copy.JPG, which goes too" : nil
                let outcome = outcome(image)
                return ImageOutcome(
                    path: image.path, image: image.image, outcome: outcome, bytes: image.mainBytes,
                    reason: outcome == .wouldDelete ? other : nil)
            }
        }
        let done = outcomes.filter { $0.outcome != .unknown && $0.outcome != .here }
        let bytes = done.reduce(0) { $0 + $1.bytes }
        return [.progress(ActivityProgress(phase: phase, done: 0, total: outcomes.count))]
            + outcomes.map { .image($0) }
            + [
                .done(
                    WorkSummary(
                        images: done.count, others: outcomes.count { $0.outcome == .unknown }, bytes: bytes,
                        seconds: 2, wanted: wanted, available: wanted == nil ? nil : bytes,
                        agreed: done.contains { $0.outcome == .wouldDelete } ? Digest(sum: 1, count: done.count) : nil))
            ]
    }
}
