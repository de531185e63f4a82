import Foundation
import TestSupport
import Testing

extension HostSuites {
    /// What people do to their files with the programs that they have, at one machine, in turn and apart.
    ///
    /// `MAINSTAY_HISTORIES` says how many histories are told, `MAINSTAY_SEED` where they begin, and `MAINSTAY_OPEN` which of
    /// ``OpenQuestion`` people do all the same.
    @Suite("Histories of files on hosts")
    struct FileHistoryTests {
        private static let histories: [UInt64] = {
            let environment = ProcessInfo.processInfo.environment
            let first = environment["MAINSTAY_SEED"].flatMap(UInt64.init) ?? 1
            return Array(first..<(first + (environment["MAINSTAY_HISTORIES"].flatMap(UInt64.init) ?? 1)))
        }()

        /// Chapters of one history: each ends where all machines agree.
        private static let chapters = 6

        /// So many are told at once: they wait for each other's machines more than they compute.
        private static let together = 3

        @Test("end the same at all machines, as the people remember it")
        func histories() async throws {
            await withTaskGroup(of: Void.self) { group in
                for (place, seed) in Self.histories.enumerated() {
                    if place >= Self.together { await group.next() }
                    group.addTask { await Self.tell(seed) }
                }
            }
        }

        private static func tell(_ seed: UInt64) async {
            do {
                try await Trio.run { trio in
                    let history = FileHistory(trio, seed: seed)
                    try await history.begin()
                    for _ in 0..<chapters { try await history.chapter() }
                    try await history.expectNothingLost()
                }
            } catch {
                Issue.record("MAINSTAY_SEED=\(seed): \(error)")
            }
        }
    }
}
