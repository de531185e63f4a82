import Foundation
import TestSupport

/// The hostile peer of Tests/Hostile at work.
struct Hostile {
    /// A line of what it tells.
    struct Told: Decodable {
        var event: String
        var counts: [String: Int]
        var outcomes: [String: String]
    }

    private let process: HostProcess

    /// Starts a play against a machine, by an invitation of that machine.
    ///
    /// - Parameter role: what it may there.
    init(
        _ play: String, on host: TestSupport.Host, against machine: Machine, as role: String = "member",
        _ more: String...
    ) async throws {
        let printed = try await machine.require("invite", "--as", role, "--json")
        let line = try JSONDecoder().decode(InviteLine.self, from: Data(printed.utf8)).invite
        process = try await host.start([HostBinaries.path("Hostile"), play, "--line", line] + more)
    }

    /// Waits until it tells of an event.
    @discardableResult
    func told(_ event: String, within limit: Duration = .seconds(120)) async throws -> Told {
        let decode: @Sendable (String) -> Told? = { try? JSONDecoder().decode(Told.self, from: Data($0.utf8)) }
        let line = try await process.line("'\(event)'", within: limit) { decode($0)?.event == event }
        guard let told = decode(line) else { throw HostFailure("a line that is none: \(line)") }
        return told
    }

    /// Lets it go on.
    func cue(_ word: String) { process.write(word + "\n") }

    /// Has it end, and waits until it did.
    ///
    /// - Returns: the last that it told.
    func end() async throws -> Told {
        process.closeInput()
        let told = try await told("end")
        let end = try await process.waitForEnd().end
        guard end == .exited(0) else { throw HostFailure("\(process.name) did not play to the end: \(end as Any)") }
        return told
    }
}

extension Household {
    /// Runs `body` with a machine that has photos, and the host of an attacker.
    ///
    /// - Parameter prepare: what is done before the agent starts.
    static func withLaptop(
        photos: Int, prepare: (Machine) async throws -> Void = { _ in },
        _ body: (Household, Machine, TestSupport.Host) async throws -> Void
    ) async throws {
        try await run { household in
            let laptop = try await household.machine("laptop", avahi: false)
            try await prepare(laptop)
            try await laptop.startAgent()
            if photos > 0 { try await laptop.makePhotos(photos, seed: 1, in: "trip") }
            try await laptop.status("lists its photos") { $0.library.mains == photos }
            let host = try await household.network.host("stranger")
            try await body(household, laptop, host)
        }
    }
}

/// A line of `syncctl review --json`.
struct WaitingLine: Decodable {
    var kind: String
    var name: String
    var images: Int
    var paths: [String]
}
