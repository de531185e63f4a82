import Foundation
import TestSupport
import Testing

extension HostSuites {
    @Suite("Editing the small picture")
    struct EditTests {
        @Test("shows a preview at once, and the full picture where the main is, while no main crosses the wire")
        func twoHosts() async throws {
            try await Household.run { household in
                let (laptop, desktop) = try await household.twoPairedMachines()
                let taken = try await PhotoRoll.shared.take(6, on: desktop, in: "2026")
                try await household.waitForConvergence(laptop, desktop)
                let ofLaptop = try await laptop.census()
                let ofDesktop = try await desktop.census()
                let received = try await Self.received(laptop)

                var times: [Double] = []
                for path in taken.keys.sorted() {
                    let began = ContinuousClock.now
                    let lines = try await Self.edit(
                        laptop, path, "--exposure", "+0.5", "--crop", "3:2", "--saturation", "-20")
                    times.append((ContinuousClock.now - began) / .milliseconds(1))
                    #expect(lines.count == 1 && lines.first?.path == path)
                    let preview = try #require(lines.first?.preview)
                    #expect(FileManager.default.fileExists(atPath: laptop.library.appending(path: preview).path))
                }
                print("a preview stands \(Int(times.sorted()[times.count / 2])) ms after it was asked for (median)")
                try await Self.wait(laptop, desktop, mains: 12)
                let bytes = try await Self.received(laptop) - received
                let copies = try laptop.reducedCopies().filter { $0.hasSuffix(".edited.jpg.reduced.jpg") }
                let ofCopies = copies.reduce(0) { $0 + Self.size($1, on: laptop) }
                let ofMains = try await desktop.census().mains.keys.reduce(0) { $0 + Self.size($1, on: desktop) }
                print("\(bytes) bytes came, of which the reduced copies have \(ofCopies); the mains \(ofMains)")
                #expect(copies.count == 6 && bytes < ofCopies + 200_000)

                let after = try await desktop.census()
                #expect(after.mains.filter { taken[$0.key] != nil } == taken)
                #expect(after.mains.keys.filter { $0.hasSuffix(".JPG.edited.jpg") }.count == 6)
                for (path, sum) in ofLaptop.files where path.hasSuffix(".JPG.reduced.jpg") {
                    #expect(try await laptop.census().files[path] == sum)
                }
                try await Self.expectExport(laptop, of: taken.keys.sorted()[0], after)

                let undone = try await laptop.syncctl("edit", "2026", "--undo", "--json")
                #expect(undone.status == 0, "\(undone.err)")
                try await Self.wait(laptop, desktop, mains: 6)
                #expect(try await desktop.census().mains == ofDesktop.mains)
                #expect(try await laptop.census().reduced == ofLaptop.reduced)
            }
        }

        @Test("survives SIGKILL of the holder that runs it: another takes over, and each photo has one edited picture")
        func killed() async throws {
            try await Trio.run { trio in
                let taken = try await PhotoRoll.shared.take(12, on: trio.desktop, in: "2026")
                try await trio.waitForAgreement()
                let look = trio.laptop.host.folder.appending(path: "look.json")
                try Data(#"{"recipe":1,"turn":90,"contrast":20}"#.utf8).write(to: look)
                let asked = try await trio.laptop.syncctl(
                    "edit", "2026", "--recipe", look.path, "--json", within: .seconds(120))
                #expect(asked.status == 0, "\(asked.err)")
                for machine in [trio.archive, trio.desktop] {
                    try await machine.killAgent()
                    try await machine.startAgent()
                }
                try await trio.archive.status("has the mains of all") { $0.library.mains == 24 && $0.work.running == 0 }
                let holders = try await trio.waitForAgreement()
                #expect(holders.count == 24 && holders.values.allSatisfy { $0.contains("archive") })
                let mains = try await trio.archive.census().mains
                #expect(mains.filter { taken[$0.key] != nil } == taken)
                #expect(Set(mains.keys).subtracting(taken.keys) == Set(taken.keys.map { "\($0).edited.jpg" }))
                try await trio.expectNothingHalfDone()
                #expect(try await trio.laptop.census().reduced.allSatisfy { !$0.contains("edited-") })
            }
        }

        private static func edit(_ machine: Machine, _ arguments: String...) async throws -> [EditedLine.Edit] {
            let result = try await machine.host.run(
                [HostBinaries.syncctl, "edit"] + arguments + ["--json"], environment: ["NO_COLOR": "1"],
                within: .seconds(60))
            #expect(result.status == 0, "\(result.err)")
            return result.out.split(separator: "\n").compactMap {
                (try? JSONDecoder().decode(EditedLine.self, from: Data($0.utf8)))?.edit
            }
        }

        private static func wait(_ laptop: Machine, _ desktop: Machine, mains: Int) async throws {
            try await desktop.status("has \(mains) mains") { $0.library.mains == mains && $0.isSettled(peers: 1) }
            try await laptop.status("has as many reduced copies") {
                $0.isConverged(mains: 0, reduced: mains) && $0.isSettled(peers: 1)
            }
            // The records are there before the last preview has gone.
            try await laptop.status("has nothing else") { _ in (try? laptop.reducedCopies().count) == mains }
        }

        private static func expectExport(_ laptop: Machine, of path: String, _ there: Census) async throws {
            for (option, source) in [([], "\(path).edited.jpg"), (["--original"], path)] {
                let file = laptop.host.folder.appending(path: "exported\(option.count).jpg").path
                let result = try await laptop.host.run(
                    [HostBinaries.syncctl, "export", path, "-o", file] + option, environment: ["NO_COLOR": "1"],
                    within: .seconds(60))
                #expect(result.status == 0, "\(result.err)")
                #expect(try await laptop.host.require(["sha256sum", file]).prefix(64) == there.mains[source] ?? "")
            }
        }

        private static func size(_ path: String, on machine: Machine) -> Int {
            let file = machine.library.appending(path: path).path
            return (try? FileManager.default.attributesOfItem(atPath: file)[.size]) as? Int ?? 0
        }

        /// Bytes that have come over the network, of whatever kind.
        private static func received(_ machine: Machine) async throws -> Int {
            try await machine.host.require(["cat", "/proc/net/dev"]).split(separator: "\n").reduce(0) { sum, line in
                let parts = line.split(separator: ":")
                guard parts.count == 2, !parts[0].hasSuffix("lo") else { return sum }
                return sum + (parts[1].split(separator: " ").first.flatMap { Int($0) } ?? 0)
            }
        }
    }
}

/// A line of `syncctl edit --json`.
private struct EditedLine: Decodable {
    struct Edit: Decodable {
        var path: String
        var state: String
        var preview: String?
    }

    var edit: Edit?
}
