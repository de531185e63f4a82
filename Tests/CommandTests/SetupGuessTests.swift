import Control
import Foundation
import TestSupport
import Testing

@testable import Console

@Suite("What syncctl setup proposes")
struct SetupGuessTests {
    private static func make(_ scratch: CommandScratch, _ files: [String]) throws {
        for file in files {
            let url = URL(fileURLWithPath: scratch(file))
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(repeating: 1, count: 1000).write(to: url)
        }
    }

    @Test("a folder is counted by the endings of its names, without what is hidden")
    func count() throws {
        let scratch = try CommandScratch()
        try Self.make(scratch, ["a/1.JPG", "a/b/2.heic", "a/b/3.mov", "a/4.xmp", "a/.mainstay/5.jpg", "a/.6.jpg"])
        let count = try #require(FolderCount(scratch("a")))
        #expect((count.pictures, count.films, count.others, count.bytes) == (2, 1, 1, 4000))
        #expect(count.text == "2 pictures, 1 film, 1 other file, 4.0 kB")
        #expect(FolderCount(scratch("none")) == nil)
        #expect(FolderCount(scratch.path + "/a/.none") == nil)
    }

    @Test("the folder is the one with most pictures: of the desktop, of the home, or of a disk")
    func folder() throws {
        let scratch = try CommandScratch()
        let home = scratch("home")
        let mounts = "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 \(scratch("my\\040disk")) exfat rw 0 0\n"
        func guess() -> String { LibraryGuess.folder(home: home, environment: [:], mounts: mounts) }
        #expect(guess() == home + "/Pictures")
        try Self.make(scratch, ["home/.config/user-dirs.dirs"])
        try Data("# x\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\n".utf8).write(
            to: URL(fileURLWithPath: scratch("home/.config/user-dirs.dirs")))
        #expect(guess() == home + "/Bilder")
        try Self.make(scratch, ["home/Bilder/1.jpg", "home/Photos/1.jpg", "home/Photos/2.jpg"])
        #expect(guess() == home + "/Photos")
        #expect(
            LibraryGuess.disks("/dev/b /media/ann/my\\040disk exfat rw\n/dev/c /boot ext4 rw\n") == [
                "/media/ann/my disk"
            ])
    }

    @Test("a machine with much free room is one to keep the originals")
    func keep() {
        #expect(!KeepGuess(free: 100_000_000_000, own: 0).keepsMains)
        #expect(KeepGuess(free: 1_200_000_000_000, own: 14_000_000_000).keepsMains)
        #expect(!KeepGuess(free: 1_200_000_000_000, own: 900_000_000_000).keepsMains)
    }

    @Test("by sudo it says as whom to run it")
    func person() throws {
        let failure = #expect(throws: ControlFailure.self) {
            try Setup.checkPerson(isRoot: true, environment: ["SUDO_USER": "ann"])
        }
        #expect(failure?.message.hasPrefix("Run it as ann, without sudo.") == true)
        try Setup.checkPerson(isRoot: true, environment: [:])
        try Setup.checkPerson(isRoot: false, environment: ["SUDO_USER": "ann"])
    }

    @Test("without a terminal and without flags it says which flags")
    func flags() async throws {
        let scratch = try CommandScratch()
        for arguments in [["setup"], ["setup", "--library", "/x", "--keep", "mains"]] {
            let result = try await CommandProgram(path: "/usr/bin/setsid").run(
                ["--wait", SyncctlTests.syncctl.file] + arguments + ["--control", scratch("none")],
                environment: ["HOME": scratch.path])
            #expect(result.status == 64)
            #expect(
                result.errors.contains("say --library DIR, --keep mains|reduced and --join NAME|LINE|none, or --yes"))
        }
        let wrong = try await SyncctlTests.syncctl.run(["setup", "--keep", "all"])
        #expect(wrong.status == 64)
    }
}
