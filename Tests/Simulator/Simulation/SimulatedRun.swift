/// One run of a household.
public struct SimulatedRun: Sendable {
    /// What it was made of.
    public let seed: UInt64
    /// The first promise that was broken; nil when all were kept.
    public let violation: Violation?
    /// How many things happened.
    public let events: Int
    /// How many mains were evicted, and how many files were purged from a trash.
    public let evictions: Int
    public let purges: Int

    /// Runs the household of `seed`.
    ///
    /// - Parameters:
    ///   - breakage: what is done wrong, if anything.
    ///   - favouring: a mistake that the household is made for; the one that is made when nil.
    ///   - story: takes down what happens; slower.
    public init(seed: UInt64, breakage: Breakage? = nil, favouring: Breakage? = nil, story: Story? = nil) {
        let house = Household(seed: seed, breakage: breakage, favouring: favouring ?? breakage, story: story)
        house.setUp()
        var scheduler = Scheduler(house)
        scheduler.run(house.dice.within(200...450))
        // Most mistakes show at the step that makes them.
        if breakage == nil || breakage == .lastWriterWins { scheduler.settle() }
        self.seed = seed
        violation = house.ghost.violation
        events = scheduler.events
        evictions = house.ghost.evictions
        purges = house.ghost.purges
    }
}

extension Breakage {
    /// The first run that finds the mistake; nil when none of `seeds` does.
    public func search(from first: UInt64, seeds: UInt64) -> SimulatedRun? {
        for seed in first..<first + seeds {
            let run = SimulatedRun(seed: seed, breakage: self)
            if run.violation != nil { return run }
        }
        return nil
    }
}
