public import Control
import Foundation
public import Model

/// Edits and exports: the script that the node was given, or for each path a plain edit and the picture given for it.
extension FakeNode {
    /// The picture that a node gives out.
    public struct Picture: Sendable {
        /// What it says that the picture is.
        public var head: Export.Head
        /// What it sends.
        public var chunks: [[UInt8]]
        /// Whether nothing more comes after the chunks, and no end either, until the reader goes away.
        public var isEndless: Bool

        public init(head: Export.Head, chunks: [[UInt8]], isEndless: Bool = false) {
            self.head = head
            self.chunks = chunks
            self.isEndless = isEndless
        }
    }

    public func edit(_ request: EditRequest) -> AsyncThrowingStream<EditMessage, any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: EditMessage.self)
        continuation.onTermination = { [weak self] termination in
            if case .cancelled = termination { self?.noteEnd(of: "edit") }
        }
        do {
            try note("edit \(String(decoding: ControlJSON.line(request), as: UTF8.self))")
            for message in editScript ?? messages(request) { continuation.yield(message) }
            if !isEditEndless { continuation.finish() }
        } catch {
            continuation.finish(throwing: error)
        }
        return stream
    }

    public func edits(under paths: [RelativePath]) -> AsyncThrowingStream<[EditLine], any Error> {
        AsyncThrowingStream { continuation in
            do {
                try note("edits \(paths.isEmpty ? "-" : paths.map(\.description).joined(separator: " "))")
                continuation.yield(
                    CommandSamples.edits.filter { line in
                        paths.isEmpty || paths.contains { line.path.isWithin($0.description) }
                    })
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
    }

    public func export(_ request: ExportRequest) async throws -> Export {
        try note("export \(request.path)\(request.original ? " original" : "")\(request.wait ? " wait" : "")")
        guard let picture else { throw ControlFailure(.notFound, "No image is known at '\(request.path)'.") }
        let source = ExportSource(picture) { [weak self] in self?.noteEnd(of: "export") }
        return Export(head: picture.head, bytes: AsyncThrowingStream { try await source.next() })
    }

    private func messages(_ request: EditRequest) -> [EditMessage] {
        let lines = request.paths.flatMap { path in
            let found = images.filter { $0.path.isWithin(path.description) }
            if found.isEmpty { return [EditLine(path: path, state: .unknown, reason: "No image is known there")] }
            return found.map { line(request, $0) }
        }
        let others = lines.count { $0.state == .unknown }
        return [.progress(ActivityProgress(phase: .previewing, done: 0, total: lines.count))]
            + lines.map { .edit($0) }
            + [.done(WorkSummary(images: lines.count - others, others: others, bytes: 0, seconds: 0.2))]
    }

    private func line(_ request: EditRequest, _ image: ImageLine) -> EditLine {
        guard case .apply(let wish) = request.action else {
            var line = CommandSamples.edits[0]
            line.path = image.path
            line.state = .undone
            line.preview = nil
            return line
        }
        return EditLine(
            path: image.path, image: image.image, recipe: Recipe(image: image.image, look: wish.look).id,
            look: wish.look, state: .waiting,
            preview: CommandSamples.path("\(image.path).edited.jpg.reduced.jpg"), holder: "attic", by: "desktop",
            at: CommandSamples.now)
    }
}

/// The bytes of a picture, one chunk each time that they are asked for.
private actor ExportSource {
    private let picture: FakeNode.Picture
    private let end: @Sendable () -> Void
    private var sent = 0

    init(_ picture: FakeNode.Picture, end: @escaping @Sendable () -> Void) {
        self.picture = picture
        self.end = end
    }

    deinit {
        let isUnread = sent < picture.chunks.count
        if picture.isEndless || isUnread { end() }
    }

    func next() async throws -> [UInt8]? {
        if sent < picture.chunks.count {
            sent += 1
            return picture.chunks[sent - 1]
        }
        guard picture.isEndless else { return nil }
        let (never, continuation) = AsyncStream.makeStream(of: Void.self)
        for await _ in never {}
        withExtendedLifetime(continuation) {}
        throw CancellationError()
    }
}
