import Control
import Synchronization

/// The one line in which a command says how far it is and what it waits for.
///
/// It stands on standard error, below whatever else is on the screen, and is taken away before anything else is written.
final class WaitingLine: RequestWatch {
    /// That of this process.
    static let shared = WaitingLine()

    private struct State {
        var patience: Patience
        /// Says a step to a program; nil where a person reads.
        var json: (@Sendable (CommandStep) -> Void)?
        var isDrawn = false
        var drawn: Duration?
        /// Writers at work at present: nothing is drawn between their words.
        var writers = 0
        /// The client whose request came last.
        var client: ControlClient?
    }

    /// A line is drawn anew at most so often.
    private static let least = Duration.milliseconds(100)

    private let state: Mutex<State>
    private let style: Style
    private let now: @Sendable () -> Duration
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - style: of what `write` writes to.
    ///   - now: monotonic time, from any one moment.
    ///   - write: writes to standard error.
    init(style: Style, now: @escaping @Sendable () -> Duration, write: @escaping @Sendable (String) -> Void) {
        (self.style, self.now, self.write) = (style, now, write)
        state = Mutex(State(patience: Patience(style.isTerminal ? .screen : .log, at: now())))
    }

    private convenience init() {
        let origin = ContinuousClock.now
        self.init(style: Output.errors.style, now: { ContinuousClock.now - origin }, write: Output.raw)
    }

    /// Steps are JSON from now on: said with `say`, or as lines on standard error.
    func becomesJSON(_ say: (@Sendable (CommandStep) -> Void)? = nil) {
        let (now, write) = (now(), write)
        let onErrors: @Sendable (CommandStep) -> Void = { step in
            guard let bytes = try? ControlJSON.line(step) else { return }
            write(String(decoding: bytes, as: UTF8.self) + "\n")
        }
        state.withLock { state in
            state.json = say ?? onErrors
            state.patience = Patience(.program, at: now)
        }
    }

    // What there is to say.

    func began(_ client: ControlClient) {
        state.withLock { state in
            state.client = client
            state.patience.began(at: now())
        }
    }

    func moved() { state.withLock { $0.patience.moved(at: now()) } }

    func ended() {
        state.withLock { state in
            clear(&state)
            state.patience.ended(at: now())
        }
    }

    /// The work is that far.
    ///
    /// - Parameter what: what is waited for when it stays so, where no agent is asked.
    func show(_ progress: ActivityProgress, or what: String? = nil) {
        let now = now()
        state.withLock { state in
            state.patience.show(progress, or: what, at: now)
            guard state.drawn.map({ now - $0 >= Self.least }) ?? true else { return }
            draw(&state, now)
        }
    }

    /// There is no progress any more.
    func clear() {
        state.withLock { state in
            state.patience.show(nil, at: now())
            clear(&state)
        }
    }

    /// Runs `body`, which waits for something that is none of the agent's doing.
    func during<Result>(_ what: String, _ body: () async throws -> Result) async rethrows -> Result {
        state.withLock { $0.patience.wait(for: what, at: now()) }
        defer {
            state.withLock { state in
                clear(&state)
                state.patience.wait(for: nil, at: now())
            }
        }
        return try await body()
    }

    /// Runs `body`, which asks a person something at the terminal.
    func asking<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        state.withLock { state in
            clear(&state)
            state.patience.pause()
        }
        defer { state.withLock { $0.patience.goOn(at: now()) } }
        return try await body()
    }

    /// Runs `body`, which writes to the screen: the line is not there meanwhile.
    func aside<Result>(_ body: () throws -> Result) rethrows -> Result {
        state.withLock { state in
            clear(&state)
            state.writers += 1
        }
        defer { state.withLock { $0.writers -= 1 } }
        return try body()
    }

    // How it is kept up to date.

    /// Keeps the line up to date for as long as `body` runs.
    func running<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    try? await ContinuousClock().sleep(for: .milliseconds(200))
                    self.tick()
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    let isAsked = await self.ask()
                    try? await ContinuousClock().sleep(for: .milliseconds(isAsked ? 1000 : 100))
                }
            }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    /// Shows what there is to be shown now.
    func tick() {
        let now = now()
        state.withLock { draw(&$0, now) }
    }

    /// Asks the agent what it waits for, where that is to be said soon.
    ///
    /// - Returns: whether it asked.
    private func ask() async -> Bool {
        let now = now()
        let client = state.withLock { $0.patience.asks(at: now) ? $0.client : nil }
        guard let client else { return false }
        do {
            let step = try await client.step()
            take(step)
        } catch {
            // It says nothing for now; that it does not answer is said after a while.
        }
        return true
    }

    /// The agent's answer to what it waits for.
    func take(_ step: CommandStep?) {
        let now = now()
        // What was asked for before the last news is no news.
        state.withLock { if $0.patience.asks(at: now) { $0.patience.take(step, at: now) } }
    }

    private func draw(_ state: inout State, _ now: Duration) {
        guard state.writers == 0 else { return }
        guard let shown = state.patience.shown(at: now) else {
            return clear(&state)
        }
        state.drawn = now
        if let json = state.json {
            if case .step(let step, _) = shown { json(step) }
            return
        }
        let text = WaitingText.line(shown, style)
        // CSI 0 K: clear to the line's end.
        write(style.isTerminal ? "\r\(text)\u{1B}[0K" : text + "\n")
        state.isDrawn = style.isTerminal
    }

    private func clear(_ state: inout State) {
        guard state.isDrawn else { return }
        write("\r\u{1B}[0K")
        state.isDrawn = false
    }
}
