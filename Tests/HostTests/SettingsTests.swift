import Foundation
import TestSupport
import Testing

extension HostSuites {
    @Suite("Settings that change while the agent runs")
    struct SettingsTests {
        private static func file(_ machine: Machine) -> URL {
            machine.host.folder.appending(path: ".config/mainstay/syncd.yaml")
        }

        @Test("keep mains fetches the originals, keep reduced lets none go, a name is seen by the other machine")
        func keep() async throws {
            try await Household.run { household in
                let laptop = try await household.machine("laptop", keep: nil)
                let desktop = try await household.machine("desktop", keep: nil)
                for machine in [laptop, desktop] { try await machine.startAgent() }
                try await household.pairByInvitation(laptop, desktop)
                try await laptop.makePhotos(4, seed: 5, in: "trip")
                try await household.waitForConvergence(laptop, desktop)

                #expect(try await desktop.require("set", "keep", "mains").contains("keep is mains from now on"))
                try await desktop.status("has all originals") { $0.library.mains == 4 && $0.library.reduced == 0 }
                #expect(try await desktop.census().mains == laptop.census().mains)

                try await desktop.require("set", "keep", "reduced")
                try await desktop.require("scan")
                #expect(try await desktop.status().library.mains == 4)

                try await desktop.require("set", "name", "cellar")
                try await laptop.peer("has its new name") { $0.name == "cellar" }
                try await laptop.waitUntilNearby(named: "cellar")
                #expect(try await desktop.status().problems.isEmpty)
                #expect(
                    try String(contentsOf: Self.file(desktop), encoding: .utf8).hasSuffix(
                        "keep: reduced\nname: cellar\n"))
            }
        }

        @Test(
            "a limit makes room at once, what is to be ignored is left alone at once, and a bad value changes nothing")
        func limit() async throws {
            try await Household.run { household in
                let laptop = try await household.machine("laptop", keep: nil)
                let archive = try await household.machine("archive", keep: "mains")
                for machine in [laptop, archive] { try await machine.startAgent() }
                try await household.pairByInvitation(laptop, archive)
                try await laptop.makePhotos(6, seed: 6, in: "trip")
                try await archive.status("has all originals") { $0.library.mains == 6 }
                try await laptop.status("knows that") { $0.safety.atRisk == 0 && $0.library.mains == 6 }

                let before = try? Data(contentsOf: Self.file(laptop))
                for (key, value) in [("limit", "200"), ("limit", "lots"), ("keep", "all"), ("reduced.edge", "9")] {
                    #expect(try await laptop.syncctl("set", key, value).status == 64)
                }
                #expect((try? Data(contentsOf: Self.file(laptop))) == before)
                #expect(try await archive.syncctl("set", "keep", "reduced").status == 1)

                try await laptop.require("set", "limit", "1 MB")
                try await laptop.status("has made room") { $0.library.mains < 6 }
                try await laptop.require("set", "limit", "--default")

                try await laptop.inLibrary(
                    "mkdir -p raw && head -c 300000 /dev/urandom > raw/a.dat && cp raw/a.dat b.xyz")
                try await laptop.status("has both") { $0.library.images == 7 }
                try await laptop.require("set", "ignore", "raw", "*.xyz")
                try await laptop.inLibrary(
                    "head -c 300001 /dev/urandom > raw/c.dat && head -c 300002 /dev/urandom > d.dat")
                let lines = try await laptop.waitFor("d.dat is listed and raw/c.dat is not") {
                    let lines = try await laptop.lines(of: "ls", as: ListLine.self)
                    return lines.contains { $0.path == "d.dat" } ? lines : nil
                }
                #expect(!lines.contains { $0.path.hasPrefix("raw/c") })
                #expect(laptop.library.appending(path: "raw/a.dat").isThere)

                try await laptop.require("set", "ignore", "--default")
                try await laptop.waitFor("raw/c.dat is listed") {
                    try await laptop.lines(of: "ls", as: ListLine.self).contains { $0.path == "raw/c.dat" } ? true : nil
                }
                let later = try await laptop.require("set", "listen", "[::]:4000")
                #expect(later.contains("from the agent's next start on: stop syncd and start it again."))
            }
        }
    }
}

extension URL {
    fileprivate var isThere: Bool { FileManager.default.fileExists(atPath: path) }
}

extension Machine {
    /// Waits until a peer is as wanted.
    fileprivate func peer(_ what: String, _ matches: @escaping @Sendable (PeerLine) -> Bool) async throws {
        _ = try await waitFor("a peer that \(what)") {
            try await self.lines(of: "peers", as: PeerLine.self).contains(where: matches) ? true : nil
        }
    }

    fileprivate func waitUntilNearby(named name: String) async throws {
        _ = try await waitFor("\(name) is nearby") {
            try await self.lines(of: "nearby", as: NearbyLine.self).map(\.name) == [name] ? true : nil
        }
    }

    /// Asks again until there is an answer.
    @discardableResult
    fileprivate func waitFor<Answer>(_ what: String, _ ask: () async throws -> Answer?) async throws -> Answer {
        let deadline = ContinuousClock.now + .seconds(60)
        repeat {
            if let answer = try await ask() { return answer }
        } while ContinuousClock.now < deadline
        throw HostFailure("\(name): it did not come to this: \(what)")
    }
}
