import Foundation
import TestSupport
import Testing

/// The steps that the scenarios share: machines with agents on one network, paired, exchanging photos.
struct Household {
    let network: HostNetwork

    /// Runs `body` with a network, which is taken down afterwards.
    static func run(_ body: (Household) async throws -> Void) async throws {
        for program in [HostBinaries.syncd, HostBinaries.syncctl]
        where !FileManager.default.isExecutableFile(atPath: program) {
            throw HostFailure("there is no \(program); build the package first (swift build)")
        }
        try await HostNetwork.run { try await body(Household(network: $0)) }
    }

    /// Adds a machine whose agent is not started yet.
    func machine(_ name: String, avahi: Bool = true, keep: String? = "reduced") async throws -> Machine {
        let host = try await network.host(name, avahi: avahi)
        return try Machine(host, keep: keep)
    }

    /// Adds two machines with running agents, `laptop` and `archive`.
    func twoMachines(avahi: Bool = true) async throws -> (Machine, Machine) {
        let laptop = try await machine("laptop", avahi: avahi)
        let archive = try await machine("archive", avahi: avahi)
        try await laptop.startAgent()
        try await archive.startAgent()
        return (laptop, archive)
    }

    /// Adds two machines with running agents, paired by an invitation.
    func twoPairedMachines(avahi: Bool = true) async throws -> (Machine, Machine) {
        let machines = try await twoMachines(avahi: avahi)
        try await pairByInvitation(machines.0, machines.1)
        return machines
    }

    /// `invite` on one, `join` on the other; each has no other peer.
    func pairByInvitation(_ inviting: Machine, _ guest: Machine) async throws {
        try await pair(inviting, guest)
        try await expectPaired(inviting, guest)
    }

    /// `invite` on one, `join` on the other.
    func pair(_ inviting: Machine, _ guest: Machine) async throws {
        let printed = try await inviting.require("invite", "--json")
        let invitation = try JSONDecoder().decode(InviteLine.self, from: Data(printed.utf8)).invite
        #expect(invitation.hasPrefix("mainstay://\(inviting.host.address):"))
        try await guest.require("join", invitation)
    }

    /// Each lists the other among its peers, under its id and name, and only it.
    func expectPaired(_ a: Machine, _ b: Machine) async throws {
        for (one, other) in [(a, b), (b, a)] {
            let id = try await other.status().node.id
            let peers = try await one.lines(of: "peers", as: PeerLine.self)
            #expect(peers.map(\.id) == [id], "the peers of \(one.name)")
            #expect(peers.map(\.name) == [other.name], "the peers of \(one.name)")
            try await one.status("has its peer connected") {
                $0.peers.contains { $0.id == id && $0.state == "connected" }
            }
        }
    }

    /// Waits until each of two machines holds its own mains, a reduced copy of each of the other's, and each other's
    /// whole file info; both at the same time.
    func waitForConvergence(_ a: Machine, _ b: Machine, within limit: Duration = .seconds(300)) async throws {
        let ofA = try await a.mains().count
        let ofB = try await b.mains().count
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        repeat {
            try await a.status("is converged", within: limit) { $0.isConverged(mains: ofA, reduced: ofB) }
            try await b.status("is converged", within: limit) { $0.isConverged(mains: ofB, reduced: ofA) }
            // The one that was waited for first may have heard of something new meanwhile.
            let first = try await a.status()
            let second = try await b.status()
            if first.isConverged(mains: ofA, reduced: ofB), second.isConverged(mains: ofB, reduced: ofA) {
                #expect(first.work.failed == 0)
                #expect(second.work.failed == 0)
                return
            }
        } while clock.now < deadline
        throw HostFailure("the two were never in sync at the same time within \(limit)")
    }

    /// The reduced copies on `machine` are those of the mains `others`, and each is what it should be: whole, readable
    /// by `djpeg` and `exiftool` without a complaint, smaller than its main, and marked with its image id.
    func expectReducedCopies(on machine: Machine, of others: [String: String]) async throws {
        let copies = try machine.reducedCopies()
        #expect(copies == Set(others.keys.map { "\($0).reduced.jpg" }), "the reduced copies on \(machine.name)")
        for copy in copies.sorted() {
            let file = machine.library.appending(path: copy).path
            let decoded = try await machine.host.run(["djpeg", "-fast", "-outfile", "/dev/null", file])
            #expect(decoded.status == 0 && decoded.err.isEmpty, "djpeg \(copy): \(decoded.err)")
        }
        guard !copies.isEmpty else { return }
        let printed = try await machine.host.require(
            ["exiftool", "-json", "-a", "-G1"] + copies.sorted().map { machine.library.appending(path: $0).path })
        let entries = try JSONSerialization.jsonObject(with: Data(printed.utf8)) as? [[String: Any]] ?? []
        #expect(entries.count == copies.count)
        for (copy, entry) in zip(copies.sorted(), entries) {
            #expect(!entry.keys.contains { $0.hasSuffix("Error") || $0.hasSuffix("Warning") }, "exiftool \(copy)")
            let size = ["File:ImageWidth", "File:ImageHeight"].compactMap { entry[$0] as? Int }
            #expect(size.max().map { (2048..<2400).contains($0) } ?? false, "the size of \(copy): \(size)")
            let image = others[String(copy.dropLast(".reduced.jpg".count))] ?? "none"
            let values = entry.filter { $0.key.hasPrefix("XMP") }.values.map { "\($0)" }
            #expect(values.contains { $0.contains(image) }, "the marker of \(copy): \(values)")
        }
    }
}
