import Foundation
public import Model

/// The threads on which reduced copies are made, as many as there are cores, and the queue before them.
///
/// Callers take turns: each peer has a line of its own, and the threads serve the lines round robin, so that one
/// peer's burst does not hold up the others.
public final class ReducingPool: Sendable {
    /// Bytes that a decoder takes for most pictures; few take more, and no film.
    private static let decoderMemory = 200_000_000

    private let threads: ReducingThreads
    private let reducer: Reducer
    private let limits: ImagingLimits
    private let memory: DecodingMemory

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - threads: nil for one a core.
    ///   - waitingEach: requests that one caller may have waiting.
    ///   - waiting: requests that may wait altogether.
    ///   - memory: that all who decode share.
    ///   - decoder: for the types that this process does not decode itself.
    public init(
        threads: Int? = nil, waitingEach: Int = 32, waiting: Int = 256, limits: ImagingLimits = ImagingLimits(),
        memory: DecodingMemory = DecodingMemory(), decoder: (any PictureDecoding)? = nil
    ) {
        (self.limits, self.memory) = (limits, memory)
        reducer = Reducer(limits: limits, decoder: decoder)
        self.threads = ReducingThreads(
            count: max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount), waiting: waiting,
            waitingEach: waitingEach)
        self.threads.start()
    }

    deinit { threads.shutdown() }

    /// Makes a reduced copy on one of the threads, when this caller's turn comes. See ``Reducer``.
    ///
    /// - Parameters:
    ///   - caller: whose turn it takes: the peer that asked, or this node itself.
    ///   - load: reads the main's bytes; called on the pool's thread, and not when the caller no longer waits. Must
    ///     not map the file.
    /// - Throws: ``ImagingError``, with code `.busy` at once when the queue is full; what `load` throws;
    ///   `CancellationError` as soon as the waiting task is cancelled, whose place in the queue is then free.
    public func reduce(
        image: ImageID, edge: Int, quality: Int, keeping kept: KeptPicture? = nil, for caller: NodeID,
        load: @escaping @Sendable () throws -> [UInt8]
    ) async throws -> [UInt8] {
        try await reduce(fileOf: image, edge: edge, quality: quality, keeping: kept, for: caller) {
            .bytes(try load())
        }
    }

    /// The same for a main that may be an open file, as films are.
    ///
    /// - Parameter open: called on the pool's thread, as `load` is.
    public func reduce(
        fileOf image: ImageID, edge: Int, quality: Int, keeping kept: KeptPicture? = nil, for caller: NodeID,
        open: @escaping @Sendable () throws -> ReducingSource
    ) async throws -> [UInt8] {
        let job = ReducingJob(caller: caller) { [reducer, limits, memory] in
            switch try open() {
            case .bytes(let main):
                return try memory.take(limits.memory(decoding: main)) {
                    try reducer.reduce(main: main.span, image: image, edge: edge, quality: quality, keeping: kept)
                }
            case .file(let main, let head):
                let copy = Result {
                    try memory.take(Self.decoderMemory) {
                        try reducer.reduce(main: main, head: head, image: image, edge: edge, quality: quality)
                    }
                }
                // What was changed meanwhile is not at fault.
                try main.checkUnchanged()
                return try copy.get()
            }
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                job.wait(continuation)
                threads.submit(job)
            }
        } onCancel: {
            threads.cancel(job)
        }
    }

    /// The types of mains that it makes reduced copies of.
    public var types: Set<ImageType> { reducer.types }

    /// Requests that wait for a thread now.
    public var waiting: Int { threads.waiting }

    /// Ends the threads after what each is doing now; whatever waits, and all later requests, get `.shutDown`.
    ///
    /// Returns at once; may be called again.
    public func shutdown() { threads.shutdown() }
}
