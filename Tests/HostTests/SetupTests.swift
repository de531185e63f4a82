import Foundation
import TestSupport
import Testing

extension HostSuites {
    @Suite("Setting a machine up")
    struct SetupTests {
        private static func file(_ machine: Machine) -> URL {
            machine.host.folder.appending(path: ".config/mainstay/syncd.yaml")
        }

        private static func text(_ machine: Machine) -> String? {
            try? String(contentsOf: file(machine), encoding: .utf8)
        }

        @Test("by flags: the settings are written, the agent that runs takes them over, and the machines are paired")
        func flags() async throws {
            try await Household.run { household in
                let laptop = try await household.machine("laptop", keep: nil)
                let archive = try await household.machine("archive", keep: nil)
                try await laptop.makePhotos(3, seed: 7, in: "trip")

                // Nothing here starts an agent by itself.
                let first = try await laptop.syncctl("setup", "--yes")
                #expect(first.status == 75)
                #expect(first.err.contains("The settings are written."), "\(first.err)")
                #expect(first.err.contains("start 'syncd' yourself"))
                #expect(Self.text(laptop)?.contains("keep: ") == true)
                for machine in [laptop, archive] { try await machine.startAgent() }

                let line = try await laptop.require("invite", "--json")
                let invite = try JSONDecoder().decode(InviteLine.self, from: Data(line.utf8)).invite
                let done = try await archive.require(
                    "setup", "--library", archive.library.path, "--keep", "mains", "--name", "nas", "--join", invite)
                #expect(
                    done.hasPrefix("nas: your photos stay in ~/Pictures, and those of laptop come there as originals."))
                #expect(Self.text(archive)?.hasSuffix("keep: mains\nname: nas\n") == true)
                try await archive.status("has all originals") { $0.library.mains == 3 }

                let before = Self.text(archive)
                let again = try await archive.require("setup", "--yes")
                #expect(again == done)
                #expect(Self.text(archive) == before)
                let elsewhere = archive.host.folder.appending(path: "Elsewhere").path
                let moved = try await archive.syncctl("setup", "--yes", "--library", elsewhere)
                #expect(moved.status == 75)
                #expect(moved.err.contains("stop syncd and start it again"), "\(moved.err)")
            }
        }

        @Test("the service manager is asked to start the agent, and setup waits until it answers")
        func manager() async throws {
            try await Household.run { household in
                let laptop = try await household.machine("laptop", keep: nil)
                // What a person's service manager does on these three requests.
                let script = """
                    #!/bin/sh
                    echo "$*" >>"$HOME/asked"
                    case "$*" in
                      *enable*) \(HostBinaries.syncd) >/dev/null 2>&1 & echo $! >"$HOME/agent" ;;
                    esac
                    """
                let folder = laptop.host.folder.appending(path: "bin")
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try Data(script.utf8).write(to: folder.appending(path: "systemctl"))
                try await laptop.host.require(["chmod", "+x", folder.appending(path: "systemctl").path])
                let path = "\(folder.path):/usr/sbin:/usr/bin:/sbin:/bin"
                let done = try await laptop.host.require(
                    [HostBinaries.syncctl, "setup", "--yes", "--keep", "mains", "--json"], environment: ["PATH": path])
                #expect(done.contains("\"started\":true") && done.contains("\"keep\":\"mains\""), "\(done)")
                let asked = try String(contentsOf: laptop.host.folder.appending(path: "asked"), encoding: .utf8)
                #expect(
                    asked.split(separator: "\n") == [
                        "--user --quiet show-environment", "--user --quiet cat syncd.service",
                        "--user --quiet enable --now syncd.service",
                    ])
                let status = try await laptop.require("status")
                #expect(status.contains("keeps mains"))
                // It is nobody's child that would end it.
                try await laptop.host.require(["sh", "-c", "kill $(cat \"$HOME/agent\")"])
            }
        }

        @Test("at a terminal: three questions, Enter takes what is proposed, and six digits end them")
        func terminal() async throws {
            try await Household.run { household in
                let laptop = try await household.machine("laptop", keep: nil)
                let archive = try await household.machine("archive", keep: nil)
                for machine in [laptop, archive] { try await machine.startAgent() }
                try await laptop.makePhotos(3, seed: 7, in: "trip")
                try await laptop.waitUntilNearby(archive)

                // Ctrl-C at the second question: as if nothing had been asked.
                let given = try await laptop.syncctlOnTerminal("setup")
                try await given.expect("another folder: ")
                given.write("\n")
                try await given.expect(#"\[y/N\] "#)
                given.write("\u{3}")
                #expect(try await given.waitForEnd().end != .exited(0))
                #expect(Self.text(laptop) == nil)

                let asked = try await laptop.syncctlOnTerminal("setup")
                try await asked.expect("~/Pictures: 3 pictures, ")
                try await asked.expect("another folder: ")
                asked.write("\n")
                try await asked.expect(#"\[y/N\] "#)
                asked.write("y\n")
                try await asked.expect(#"1  archive \("#)
                try await asked.expect("Enter for none: ")
                let waiting = try await archive.syncctlOnTerminal("pair")
                try await waiting.expect("Waiting")
                asked.write("1\n")
                for process in [asked, waiting] {
                    try await process.expect(#"\b\d{3} \d{3}\b"#)
                    try await process.expect(#"\[y/N\]"#)
                    process.write("yes\n")
                }
                // The laptop keeps mains now, and the archive is asked about that.
                try await waiting.expect(#"room\? \[y/N\]"#)
                waiting.write("yes\n")
                try await asked.expect("laptop: your photos stay in ~/Pictures")
                #expect(try await asked.waitForEnd().end == .exited(0))
                #expect(try await waiting.waitForEnd().end == .exited(0))
                try await household.expectPaired(laptop, archive)
                #expect(Self.text(laptop)?.hasSuffix("keep: mains\n") == true)
            }
        }
    }
}
