import Synchronization

/// Chunks that one task makes and another takes: each is given when it is taken, so that no more than one waits.
///
/// For bytes that are pushed at one end and pulled at the other. Who lets go of it ends the maker.
final class Handover: Sendable {
    private enum State {
        case idle
        case offered([UInt8], CheckedContinuation<Void, any Error>)
        case awaited(CheckedContinuation<[UInt8]?, any Error>)
        case ended((any Error)?)
    }

    private final class Desk: Sendable {
        let state = Mutex(State.idle)

        func give(_ bytes: [UInt8]) async throws {
            try Task.checkCancellation()
            try await withCheckedThrowingContinuation { (maker: CheckedContinuation<Void, any Error>) in
                // What is resumed is decided under the lock, and by one side only.
                let resume = state.withLock { state -> @Sendable () -> Void in
                    switch state {
                    case .awaited(let taker):
                        state = .idle
                        return {
                            taker.resume(returning: bytes)
                            maker.resume()
                        }
                    case .idle:
                        state = .offered(bytes, maker)
                        return {}
                    case .ended, .offered:
                        return { maker.resume(throwing: CancellationError()) }
                    }
                }
                resume()
            }
        }

        func take() async throws -> [UInt8]? {
            try await withCheckedThrowingContinuation { (taker: CheckedContinuation<[UInt8]?, any Error>) in
                let resume = state.withLock { state -> @Sendable () -> Void in
                    switch state {
                    case .offered(let bytes, let maker):
                        state = .idle
                        return {
                            taker.resume(returning: bytes)
                            maker.resume()
                        }
                    case .idle:
                        state = .awaited(taker)
                        return {}
                    case .ended(let fault?): return { taker.resume(throwing: fault) }
                    case .ended(nil): return { taker.resume(returning: nil) }
                    case .awaited: return { taker.resume(throwing: CancellationError()) }
                    }
                }
                resume()
            }
        }

        func end(_ fault: (any Error)?) {
            let (maker, taker) = state.withLock {
                state -> (CheckedContinuation<Void, any Error>?, CheckedContinuation<[UInt8]?, any Error>?) in
                defer { if case .ended = state {} else { state = .ended(fault) } }
                return switch state {
                case .offered(_, let maker): (maker, nil)
                case .awaited(let taker): (nil, taker)
                case .idle, .ended: (nil, nil)
                }
            }
            maker?.resume(throwing: CancellationError())
            if let fault { taker?.resume(throwing: fault) } else { taker?.resume(returning: nil) }
        }
    }

    private let desk = Desk()
    private let task: Task<Void, Never>

    /// Begins to make chunks.
    ///
    /// - Parameter make: is given what takes each chunk; that returns when the chunk was taken, and throws when nobody
    ///   takes any more.
    init(_ make: @escaping @Sendable (_ give: @escaping @Sendable ([UInt8]) async throws -> Void) async throws -> Void)
    {
        let desk = desk
        task = Task {
            do {
                try await make { try await desk.give($0) }
                desk.end(nil)
            } catch {
                desk.end(error)
            }
        }
    }

    deinit {
        task.cancel()
        desk.end(CancellationError())
    }

    /// The next chunk; nil behind the last. Throws what the maker threw.
    func next() async throws -> [UInt8]? { try await desk.take() }
}
