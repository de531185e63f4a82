import Testing

@Suite("All that can happen to holds")
struct HoldModelTests {
    /// How many states there are is told, so that a model that came to look at less is noticed.
    private func never(_ model: HoldModel, states: Int, _ location: SourceLocation = #_sourceLocation) {
        let outcome = model.search()
        #expect(outcome.loss == nil, "the last main is lost", sourceLocation: location)
        #expect(outcome.states == states, sourceLocation: location)
    }

    /// - Parameter loss: the fewest steps to it.
    private func lost(
        _ model: HoldModel, by loss: [HoldModel.Event], states: Int, _ location: SourceLocation = #_sourceLocation
    ) {
        let outcome = model.search()
        #expect(outcome.loss == loss, sourceLocation: location)
        #expect(outcome.states == states, sourceLocation: location)
    }

    // MARK: Honest nodes (S2, S3)

    @Test("Two and three nodes that evict at once never lose the last main")
    func honest() {
        never(HoldModel(honest: 2), states: 64)
        never(HoldModel(honest: 3), states: 2808)
        never(HoldModel(honest: 3, minimum: 2), states: 1638)
    }

    @Test("Did those that evict grant holds, two would go against each other")
    func refusal() {
        lost(
            HoldModel(honest: 2, rules: .all.subtracting(.refusesToHold)),
            by: [
                .marks(0), .marks(1), .grants(0, to: 1, isLost: false), .grants(1, to: 0, isLost: false), .unlinks(0),
                .unlinks(1),
            ], states: 135)
    }

    @Test("Did a proof serve another eviction, its holder would have gone meanwhile")
    func proof() {
        lost(
            HoldModel(honest: 2, rules: .all.subtracting(.usesProofsOnce)),
            by: [
                .marks(0), .grants(1, to: 0, isLost: false), .givesUp(0), .isRolledBack(1), .marks(1),
                .grants(0, to: 1, isLost: false), .unlinks(1), .holdEnds(of: 0, to: 1), .marks(0), .unlinks(0),
            ], states: 112)
    }

    // MARK: A liar

    @Test("A liar that nobody lets keep takes no last main, also one that gets it and has it for as long as it likes")
    func unkept() {
        never(HoldModel(honest: 2, liar: .forgets), states: 108)
        never(HoldModel(honest: 2, liar: .remembers), states: 216)
        never(HoldModel(honest: 3, liar: .remembers), states: 13_040)
    }

    @Test("Were it asked, it would: it gets the main, proves it to all, and throws it away")
    func asked() {
        lost(
            HoldModel(honest: 2, liar: .remembers, rules: .all.subtracting(.asksKeepersOnly)),
            by: [
                .marks(0), .asksLiar(0), .beginsToGive(1), .hasGiven(1), .liarProves(0), .unlinks(0), .marks(1),
                .asksLiar(1), .liarProves(1), .unlinks(1),
            ], states: 568)
    }

    @Test("A keeper that was taken over, and proves what others have at that moment, takes no last main")
    func relays() {
        never(HoldModel(honest: 2, liar: .forgets, isLiarKept: true), states: 287)
        never(HoldModel(honest: 3, liar: .forgets, isLiarKept: true), states: 40_799)
    }

    @Test("Were what is being evicted given to it, it would")
    func served() {
        lost(
            HoldModel(honest: 2, liar: .forgets, isLiarKept: true, rules: .all.subtracting(.givesNothingThatGoes)),
            by: [
                .marks(0), .asksLiar(0), .beginsToGive(0), .marks(1), .asksLiar(1), .hasGiven(0), .unlinks(0),
                .unlinks(1),
            ], states: 459)
    }

    @Test("Were it given to its end what was being given when the eviction began, it would")
    func given() {
        // That it is not asked by the one that gives is not enough: it proves it to another, which has forgotten what it
        // had promised.
        lost(
            HoldModel(honest: 2, liar: .forgets, isLiarKept: true, rules: .all.subtracting(.stopsGiving)),
            by: [
                .beginsToGive(0), .marks(0), .grants(1, to: 0, isLost: false), .isRolledBack(1), .marks(1),
                .asksLiar(1), .hasGiven(0), .unlinks(0), .unlinks(1),
            ], states: 398)
        lost(
            HoldModel(
                honest: 2, liar: .forgets, isLiarKept: true,
                rules: .all.subtracting([.stopsGiving, .asksNobodyItGivesTo])),
            by: [
                .marks(0), .asksLiar(0), .beginsToGive(1), .marks(1), .asksLiar(1), .hasGiven(1), .unlinks(0),
                .unlinks(1),
            ], states: 443)
    }

    @Test("A keeper that has the main and breaks its promise can take the last one; of two keepers it cannot")
    func breaksItsPromise() {
        lost(
            HoldModel(honest: 2, liar: .remembers, isLiarKept: true),
            by: [
                .marks(0), .asksLiar(0), .beginsToGive(1), .hasGiven(1), .liarProves(0), .unlinks(0), .marks(1),
                .asksLiar(1), .liarProves(1), .unlinks(1),
            ], states: 568)
        never(HoldModel(honest: 3, liar: .remembers, isLiarKept: true, minimum: 2), states: 79_586)
    }
}
