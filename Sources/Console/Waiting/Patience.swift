import Control

/// What a command shows while it waits, and when: a value without a clock, which writes nothing.
///
/// What ends within a second is not spoken of. Times are those of one monotonic clock.
struct Patience {
    /// Who reads it.
    enum Reader: Sendable {
        /// A person at a terminal: one line that replaces itself.
        case screen
        /// A log: a line every ten seconds.
        case log
        /// A program: a step for each thing that is waited for, and again every ten seconds.
        case program
    }

    /// What is to be shown.
    enum Shown: Equatable {
        case progress(ActivityProgress)
        /// A step, and how far the work is that waits, without a rate: nothing moves.
        case step(CommandStep, of: ActivityProgress?)
    }

    /// What ends sooner is not spoken of.
    private static let least = Duration.seconds(1)
    /// When the agent is asked what it waits for, so that the answer is there in time.
    private static let early = Duration.milliseconds(700)
    /// How long its answer is waited for: then the agent itself is what does not answer.
    private static let late = Duration.seconds(3)
    /// How often the same is said again where nothing is drawn over.
    private static let again = Duration.seconds(10)

    private let reader: Reader
    /// Since when there was nothing new.
    private var quiet: Duration
    /// When something was said last where nothing is drawn over; at first, since when something is waited for.
    private var said: Duration
    /// What was said last, since there was something new.
    private var last: String?
    private var requests = 0
    private var pauses = 0
    private var progress: ActivityProgress?
    /// What is waited for where the agent does not say.
    private var what = Self.answer
    /// What the agent said that it waits for, and when it said so.
    private var step: (CommandStep, at: Duration)?
    /// Whether the agent was heard since there was something new.
    private var isAnswered = false
    /// What this command itself waits for, and since when.
    private var own: (what: String, since: Duration)?

    private static let answer = "waiting for the agent to answer"

    init(_ reader: Reader, at now: Duration) {
        self.reader = reader
        quiet = now
        said = now
    }

    /// A request is on its way.
    mutating func began(at now: Duration) {
        requests += 1
        guard requests == 1, own == nil else { return }
        (quiet, said, last) = (now, now, nil)
    }

    /// A request is over. What it waited for, and how far it was, is so no more.
    mutating func ended(at now: Duration) {
        requests -= 1
        moved(at: now)
        if requests == 0 { (progress, what) = (nil, Self.answer) }
    }

    /// There is something new.
    mutating func moved(at now: Duration) {
        quiet = now
        step = nil
        isAnswered = false
        if own == nil { last = nil }
    }

    /// Work is that far; nil takes it away.
    ///
    /// - Parameter what: what is waited for when it stays so, and no agent says.
    mutating func show(_ progress: ActivityProgress?, or what: String? = nil, at now: Duration) {
        moved(at: now)
        self.progress = progress
        self.what = what ?? Self.answer
    }

    /// The command itself waits for something; nil where it does no more.
    mutating func wait(for what: String?, at now: Duration) {
        own = what.map { ($0, since: now) }
        moved(at: now)
        (said, last) = (now, nil)
    }

    /// A person is asked something: nothing is shown meanwhile, and that time is nobody's.
    mutating func pause() { pauses += 1 }

    mutating func goOn(at now: Duration) {
        pauses -= 1
        moved(at: now)
    }

    /// Whether the agent is to be asked what it waits for.
    func asks(at now: Duration) -> Bool { requests > 0 && pauses == 0 && own == nil && now - quiet >= Self.early }

    /// The agent's answer.
    mutating func take(_ step: CommandStep?, at now: Duration) {
        self.step = step.map { ($0, now) }
        isAnswered = true
    }

    /// What is to be shown now; nil for nothing, or for nothing new where nothing is drawn over.
    mutating func shown(at now: Duration) -> Shown? {
        guard pauses == 0, requests > 0 || progress != nil || own != nil else { return nil }
        let current = current(at: now)
        switch (reader, current) {
        case (.screen, _): return current
        case (.log, _):
            guard current != nil, now - said >= Self.again else { return nil }
        case (.program, .step(let step, _)?):
            guard step.what != last || now - said >= Self.again else { return nil }
            last = step.what
        // A program has every message of the progress already.
        case (.program, _): return nil
        }
        said = now
        return current
    }

    private func current(at now: Duration) -> Shown? {
        if let own {
            guard now - own.since >= Self.least else { return nil }
            return .step(CommandStep(what: own.what, seconds: (now - own.since) / .seconds(1)), of: nil)
        }
        let isKnown = isAnswered || requests == 0 || now - quiet >= Self.late
        guard now - quiet >= Self.least, isKnown else { return progress.map { .progress($0) } }
        var still = progress
        still?.bytesPerSecond = nil
        still?.perSecond = nil
        still?.secondsLeft = nil
        if let (step, at) = step {
            return .step(CommandStep(what: step.what, seconds: step.seconds + (now - at) / .seconds(1)), of: still)
        }
        return .step(CommandStep(what: what, seconds: (now - quiet) / .seconds(1)), of: still)
    }
}
