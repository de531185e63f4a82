import Foundation
import TestSupport
import Testing

extension HostSuites {
    @Suite("Mains, and agents that are killed")
    struct MainsKillTests {
        /// SIGKILLs; 200 in the acceptance run.
        static let kills = Int(ProcessInfo.processInfo.environment["MAINSTAY_KILLS"] ?? "") ?? 12
        /// The seed of what is done, and of what is killed when.
        static let seed = UInt64(ProcessInfo.processInfo.environment["MAINSTAY_SEED"] ?? "") ?? 1

        @Test("survive SIGKILL of any of the three at random moments of whatever people do with them")
        func kills() async throws {
            try await Trio.run { trio in
                var chaos = try await Chaos(trio, seed: Self.seed)
                do {
                    for _ in 0..<Self.kills { try await chaos.killOnce() }
                    try await trio.waitForAgreement(unwanted: chaos.unwanted, within: .seconds(450))
                    try await chaos.expectNothingLost()
                    try await trio.expectNothingHalfDone()
                } catch {
                    Issue.record("MAINSTAY_SEED=\(Self.seed) MAINSTAY_KILLS=\(Self.kills): \(error)")
                    print(chaos.story.joined(separator: "\n"))
                    throw error
                }
                print(chaos.summary)
                if !chaos.isWell { print("seed \(Self.seed)\n" + chaos.story.joined(separator: "\n")) }
            }
        }
    }
}
