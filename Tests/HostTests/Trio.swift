import Foundation
import TestSupport
import Testing

/// Three machines of one household, paired with each other: a laptop and a desktop that keep reduced copies of what
/// others took, and an archive that keeps the mains of all.
struct Trio {
    let household: Household
    let laptop: Machine
    let desktop: Machine
    let archive: Machine

    var all: [Machine] { [laptop, desktop, archive] }

    /// Runs `body` with three machines whose agents run and are paired.
    ///
    /// - Parameters:
    ///   - archiveKeeps: nil leaves what the archive keeps to its configuration file.
    ///   - prepare: what is done before the agents start.
    static func run(
        archiveKeeps: String? = "mains", prepare: (Trio) async throws -> Void = { _ in },
        _ body: (Trio) async throws -> Void
    ) async throws {
        try await Household.run { household in
            let laptop = try await household.machine("laptop")
            let desktop = try await household.machine("desktop")
            let archive = try await household.machine("archive", keep: archiveKeeps)
            let trio = Trio(household: household, laptop: laptop, desktop: desktop, archive: archive)
            try await prepare(trio)
            for machine in trio.all { try await machine.startAgent() }
            for (one, other) in [(0, 1), (0, 2), (1, 2)] { try await household.pair(trio.all[one], trio.all[other]) }
            try await body(trio)
        }
    }

    /// Waits until all three have nothing left to do, and each tells of every image what is really so.
    ///
    /// - Parameter unwanted: images that were edited where they were taken, or deleted while a main is promised to be
    ///   held; who has none of them gets none.
    /// - Returns: the names of the holders of each image's main, by image.
    @discardableResult
    func waitForAgreement(
        unwanted: Set<String> = [], within limit: Duration = .seconds(180)
    ) async throws -> [String: Set<String>] {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        var faults: [String] = []
        repeat {
            for machine in all {
                do {
                    try await machine.status("has nothing left to do", within: limit) { $0.isSettled(peers: 2) }
                } catch {
                    for machine in all { print(try await machine.syncctl("status").out) }
                    throw HostFailure(
                        "\(machine.name) still has something to do after \(limit); see the statuses above")
                }
            }
            var holders: [String: Set<String>] = [:]
            (holders, faults) = try await compare(unwanted)
            if faults.isEmpty { return holders }
        } while clock.now < deadline
        throw HostFailure("no agreement within \(limit):\n\(faults.joined(separator: "\n"))")
    }

    /// What each machine says, beside what lies on the disks.
    private func compare(_ unwanted: Set<String>) async throws -> ([String: Set<String>], [String]) {
        var lines: [String: [String: ListLine]] = [:]
        var holders: [String: Set<String>] = [:]
        var faults: [String] = []
        for machine in all {
            let listed = try await machine.lines(of: "ls", as: ListLine.self)
            lines[machine.name] = Dictionary(listed.map { ($0.image, $0) }) { first, _ in first }
            let census = try await machine.census()
            for image in census.mains.values { holders[image, default: []].insert(machine.name) }
            let reduced = listed.filter { $0.form == "reduced" }
            if Set(reduced.map { "\($0.path).reduced.jpg" }) != census.reduced {
                faults.append(
                    "\(machine.name) lists \(reduced.count) reduced copies, and has \(census.reduced.count)")
            }
        }
        let atRisk = holders.values.count { $0.count < 2 }
        for machine in all {
            let own = lines[machine.name] ?? [:]
            if Set(own.keys) != Set(holders.keys) {
                faults.append("\(machine.name) knows \(own.count) images, of which \(holders.count) have mains")
            }
            for (image, line) in own {
                let names = holders[image] ?? []
                let form = names.contains(machine.name) ? "main" : "reduced"
                if line.form != form && !(line.form == "none" && unwanted.contains(image)) {
                    faults.append("\(line.path) is \(line.form) on \(machine.name), not \(form)")
                }
                if Set(line.holders) != names {
                    faults.append("\(machine.name) says that \(line.holders) hold \(line.path), not \(names)")
                }
            }
            let said = try await machine.status().safety.atRisk
            if said != atRisk { faults.append("\(machine.name) says that \(said) are at risk, not \(atRisk)") }
        }
        return (holders, faults)
    }

    /// Nothing that was begun and not ended lies on any of the three.
    func expectNothingHalfDone() async throws {
        for machine in all {
            let left = try await machine.census().aside("incoming").keys.sorted()
            #expect(left.isEmpty, "in incoming on \(machine.name)")
        }
    }
}

/// A line of `syncctl ls --json`.
struct ListLine: Decodable, Sendable {
    var path: String
    var image: String
    var form: String
    var bytes: Int64
    var mainBytes: Int64
    var captured: String?
    var holders: [String]
}
