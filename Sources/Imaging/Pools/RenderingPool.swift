public import Model
import Synchronization

/// The threads on which recipes are run, and the queue before them: one picture after another, each on all cores, so
/// that the memory in use is that of one.
///
/// Callers take turns, as in ``ReducingPool``.
public final class RenderingPool: Sendable {
    private let renderer: Renderer
    private let limits: ImagingLimits
    private let memory: DecodingMemory
    private let threads: ReducingThreads

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - threads: that work on one picture; nil for one a core.
    ///   - waitingEach: requests that one caller may have waiting.
    ///   - waiting: requests that may wait altogether.
    ///   - memory: that all who decode share.
    ///   - decoder: for the types that this process does not decode itself.
    public init(
        threads: Int? = nil, waitingEach: Int = 64, waiting: Int = 256, limits: ImagingLimits = ImagingLimits(),
        memory: DecodingMemory = DecodingMemory(), decoder: (any PictureDecoding)? = nil
    ) {
        (self.limits, self.memory) = (limits, memory)
        renderer = Renderer(limits: limits, threads: threads, decoder: decoder)
        self.threads = ReducingThreads(count: 1, waiting: waiting, waitingEach: waitingEach)
        self.threads.start()
    }

    deinit { threads.shutdown() }

    /// Runs a recipe on a main when this caller's turn comes. See ``Renderer/render(main:recipe:isCancelled:into:)``.
    ///
    /// - Parameters:
    ///   - caller: whose turn it takes: the peer whose recipe it is, or this node itself.
    ///   - load: reads the main's bytes; called on the pool's thread, and not when the caller no longer waits. Must
    ///     not map the file.
    ///   - sink: takes the file piece by piece. Not called any more once this returns or throws, except after a
    ///     cancellation, where it may still be within its last call.
    /// - Throws: ``ImagingError``, with code `.busy` at once when the queue is full; what `load` and `sink` throw;
    ///   `CancellationError` as soon as the waiting task is cancelled.
    public func render(
        _ recipe: Recipe, for caller: NodeID, load: @escaping @Sendable () throws -> [UInt8],
        into sink: @escaping @Sendable ([UInt8]) throws -> Void
    ) async throws -> Rendition {
        let made = Mutex<Rendition?>(nil)
        _ = try await run(for: caller) { [renderer, limits, memory] isCancelled in
            let main = try load()
            let rendition = try memory.take(limits.memory(decoding: main)) {
                try renderer.render(
                    main: main, recipe: recipe, isCancelled: isCancelled,
                    into: { piece in
                        if isCancelled() { throw CancellationError() }
                        try sink(piece)
                    })
            }
            made.withLock { $0 = rendition }
            return []
        }
        guard let rendition = made.withLock({ $0 }) else { preconditionFailure("a job that ended well has made it") }
        return rendition
    }

    /// Makes a preview when this caller's turn comes. See ``Renderer/preview(of:recipe:mainSize:)``.
    public func preview(
        _ recipe: Recipe, mainSize: PixelSize? = nil, for caller: NodeID,
        load: @escaping @Sendable () throws -> [UInt8]
    ) async throws -> [UInt8] {
        try await run(for: caller) { [renderer, limits, memory] isCancelled in
            let picture = try load()
            return try memory.take(limits.memory(decoding: picture)) {
                try renderer.preview(of: picture, recipe: recipe, mainSize: mainSize, isCancelled: isCancelled)
            }
        }
    }

    private func run(
        for caller: NodeID, _ work: @escaping @Sendable (@escaping @Sendable () -> Bool) throws -> [UInt8]
    ) async throws -> [UInt8] {
        let mark = CancellationMark()
        let job = ReducingJob(caller: caller) { try work { mark.isSet } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                job.wait(continuation)
                threads.submit(job)
            }
        } onCancel: {
            mark.set()
            threads.cancel(job)
        }
    }

    /// Ends the threads after what each is doing now; whatever waits, and all later requests, get `.shutDown`.
    public func shutdown() { threads.shutdown() }
}
