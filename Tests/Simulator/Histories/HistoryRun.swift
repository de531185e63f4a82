import Catalogue
import Foundation
import Model
import Simulation

/// Some histories of one household, one after the other, and whether each ended as people remember it. One begins where all
/// machines agree, and ends when all that were away are back and nothing is to be done.
public struct HistoryRun: Sendable {
    public let seed: UInt64
    /// What is wrong at the end, as a sentence; nil when nothing is.
    public let fault: String?
    /// How many were told.
    public let histories: Int
    /// How much the people did.
    public let deeds: Int
    /// What happened, where that was to be told.
    public let story: [String]

    /// How many histories a household tells.
    public static let inARow = 4

    private final class Lines { var all: [String] = [] }

    /// Tells the histories of the household of `seed`.
    ///
    /// - Parameters:
    ///   - stage: where its catalogues are; one household at a time.
    ///   - mistake: what is done wrong, if anything.
    ///   - isTold: takes down what happens; slower.
    public static func run(
        seed: UInt64, on stage: HistoryStage, mistake: Mistake? = nil, isTold: Bool = false
    ) async throws -> HistoryRun {
        let lines = Lines()
        let note: (String) -> Void = { if isTold { lines.all.append($0) } }
        var dice = Dice(seed: ~seed)
        let shape = HistoryShape(count: dice.chance(300) ? 4 : 3, isMesh: !dice.chance(250))
        // Some begin with machines that know nothing of each other yet.
        let start = dice.chance(850) ? stage.starts[shape] : nil
        let catalogues = try stage.catalogues(shape, isBlank: start == nil)
        let house = HistoryHouse(
            seed: seed, shape, catalogues: catalogues, start: start, mistake: mistake, note: note)
        var (fault, histories): (String?, Int) = (nil, 0)
        do {
            if start == nil { try await house.begin() }
            for number in 1...inARow {
                note("--- history \(number)")
                histories = number
                house.part()
                for _ in 0..<dice.within(1...5) {
                    try await house.act()
                    for _ in 0..<dice.below(4) { try await house.stir() }
                    try await house.backSome()
                }
                try await house.settle()
                try await house.judge(isWhole: number == inARow)
            }
        } catch let found as HistoryFault {
            fault = found.what
        }
        for catalogue in catalogues { try catalogue.close() }
        return HistoryRun(seed: seed, fault: fault, histories: histories, deeds: house.deeds, story: lines.all)
    }
}
