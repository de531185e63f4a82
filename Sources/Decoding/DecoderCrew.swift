import Dispatch
import Foundation
import Glibc
import Imaging
import Synchronization

/// The decoders of a pool that have nothing to do, and the thread that starts and ends decoders.
///
/// One thread starts all of them, because each is killed when the thread that started it ends.
final class DecoderCrew: Sendable {
    /// A decoder to be started.
    private final class Start: Sendable {
        let isOver = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<Held, ImagingError>?>(nil)
    }

    /// A decoder that is handed from thread to thread.
    struct Held: @unchecked Sendable {
        // The value is taken out of the crew before it is used, and used by the thread that took it.
        let process: DecoderProcess
    }

    private struct State {
        var idle: [(held: Held, since: ContinuousClock.Instant)] = []
        var starts: [Start] = []
        var working = 0
        var isOver = false
    }

    private let path: String
    private let most: Int
    private let rest: Duration
    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)
    /// Counts the decoders that may work beside those that do.
    private let places: DispatchSemaphore

    /// - Parameters:
    ///   - most: decoders at the same time.
    ///   - rest: after which one without work is ended.
    init(path: String, most: Int, rest: Duration) {
        (self.path, self.most, self.rest) = (path, most, rest)
        places = DispatchSemaphore(value: 0)
        for _ in 0..<most { places.signal() }
        let thread = Thread { self.run() }
        thread.name = "decoders"
        thread.start()
    }

    /// Takes a decoder, a running one where there is one. Blocks while all are at work. It is to be given back.
    ///
    /// - Parameter isFresh: whether it must be one that read no picture yet.
    func take(isFresh: Bool = false) throws(ImagingError) -> DecoderProcess {
        places.wait()
        let (held, start): (Held?, Start?) = state.withLock { state in
            if state.isOver { return (nil, nil) }
            if !isFresh, let last = state.idle.popLast() { return (last.held, nil) }
            let start = Start()
            state.starts.append(start)
            return (nil, start)
        }
        if let held { return held.process }
        guard let start else {
            places.signal()
            throw .shutDown
        }
        bell.signal()
        start.isOver.wait()
        switch start.outcome.withLock({ $0 }) {
        case .success(let held): return held.process
        case .failure(let error):
            places.signal()
            throw error
        case nil:
            places.signal()
            throw .shutDown
        }
    }

    /// Gives a decoder back; nil for one that is not to be used again.
    func giveBack(_ process: DecoderProcess?) {
        if let process {
            let held = Held(process: process)
            state.withLock { state in
                if !state.isOver { state.idle.append((held, .now)) }
            }
            // The thread knows then when the next one has rested long enough.
            bell.signal()
        }
        places.signal()
    }

    /// Decoders without work.
    var idle: [pid_t] { state.withLock { $0.idle.map(\.held.process.process) } }

    /// Ends the decoders without work, and the thread; those at work are ended when they are given back.
    func shutdown() {
        state.withLock { $0.isOver = true }
        bell.signal()
    }

    private func run() {
        while true {
            let (start, gone, next, isOver) = state.withLock { state in
                let now = ContinuousClock.now
                let gone = state.idle.filter { state.isOver || now - $0.since >= rest }
                state.idle.removeAll { state.isOver || now - $0.since >= rest }
                let start = state.starts.isEmpty ? nil : state.starts.removeFirst()
                return (start, gone, state.idle.map(\.since).min().map { $0 + rest }, state.isOver)
            }
            // Waits for their ends, outside of the lock.
            withExtendedLifetime(gone) {}
            if let start {
                if !isOver {
                    let outcome = Result { () throws(ImagingError) in Held(process: try DecoderProcess(path: path)) }
                    start.outcome.withLock { $0 = outcome }
                }
                start.isOver.signal()
                continue
            }
            if isOver { return }
            if let next {
                let left = max(0, (next - .now) / .milliseconds(1))
                _ = bell.wait(timeout: .now() + .milliseconds(Int(left.rounded(.up))))
            } else {
                bell.wait()
            }
        }
    }
}
