import Disk
import Foundation
import Glibc
import Model
import SystemPackage
import TestSupport
import Testing

@Suite("The walk through the library")
struct LibraryWalkTests {
    private func walk(_ library: LibraryFolder, _ folder: String = "") throws -> (Set<String>, LibraryWalk.Result) {
        var found: Set<String> = []
        let result = try LibraryWalk(library: library).walk(folder) { batch in
            #expect(batch.count <= LibraryWalk.batch)
            for file in batch { #expect(found.insert(Hex.encode(file.path.description.utf8)).inserted) }
        }
        return (found, result)
    }

    /// String equality takes NFC and NFD for the same; here names are told apart by their bytes.
    private func hex(_ names: [String]) -> Set<String> { Set(names.map { Hex.encode($0.utf8) }) }

    @Test("Every name that a catalogue can hold is found, told apart by its bytes")
    func names() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let names = [
                "plain.jpg", "with space.jpg", "😀👩‍👩‍👧.jpg", "Caf\u{E9}.jpg", "Cafe\u{301}.jpg", "a/b/c/d/e/f/g/h.jpg",
                String(repeating: "n", count: 255), String(repeating: "é", count: 127), "a/plain.jpg",
            ]
            for name in names { try sandbox.write(name, Array(name.utf8)) }
            let (found, result) = try walk(sandbox.library)
            #expect(found == hex(names))
            #expect(result.files == names.count)
            #expect(result.unread.isEmpty)
            #expect(result.unnameable.isEmpty)
            #expect(try walk(sandbox.library, "a").0 == hex(["a/b/c/d/e/f/g/h.jpg", "a/plain.jpg"]))
            #expect(try walk(sandbox.library, "nowhere").1 == LibraryWalk.Result())
        }
    }

    @Test("Hidden names, links and what is neither file nor folder are left alone")
    func leftAlone() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let outside = parent.appending(path: "outside")
            try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
            try Data([1]).write(to: outside.appending(path: "secret.jpg"))
            for name in [".hidden.jpg", ".folder/a.jpg", "seen.jpg"] { try sandbox.put(name, [1]) }
            for (name, target) in [("folder", outside.path), ("file.jpg", outside.path + "/secret.jpg"), ("loop", ".")]
            {
                try FileManager.default.createSymbolicLink(atPath: sandbox.url(name).path, withDestinationPath: target)
            }
            #expect(mkfifo(sandbox.url("pipe.jpg").path, 0o600) == 0)
            let (found, result) = try walk(sandbox.library)
            #expect(found == hex(["seen.jpg"]))
            let links = ["file.jpg", "folder", "loop"].map { LibraryWalk.Unread(path: $0, reason: .symbolicLink) }
            #expect(result.unread.sorted { $0.path < $1.path } == links)
            #expect(try walk(sandbox.library, "folder").0.isEmpty, "a walk does not begin behind a link either")
        }
    }

    @Test(
        "A name that no catalogue can hold is reported and does not stop the others",
        arguments: [
            ([0x61, 0xFF, 0x62], "a\\xffb", "has a name that is not UTF-8"),
            (Array("new\nline.jpg".utf8), "new\\x0aline.jpg", "has a control character in its name"),
            ([0x1B, 0x5B, 0x32, 0x4A], "\\x1b[2J", "has a control character in its name"),
            ([0xC3, 0xA9, 0xC3], "é\\xc3", "has a name that is not UTF-8"),
            ([0xC2, 0x85], "\\xc2\\x85", "has a control character in its name"),
        ] as [([UInt8], String, String)])
    func unnameable(name: [UInt8], text: String, reason: String) async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            try sandbox.write("folder/fine.jpg", [1])
            let raw = Array((sandbox.folder.path + "/folder/").utf8) + name
            let file = Glibc.open(raw.map { CChar(bitPattern: $0) } + [0], O_CREAT | O_WRONLY, 0o600)
            try #require(file >= 0)
            close(file)
            let (found, result) = try walk(sandbox.library)
            #expect(found == hex(["folder/fine.jpg"]))
            #expect(result.unnameable == [LibraryWalk.Unnameable(text: "folder/" + text, reason: reason)])
        }
    }

    @Test(
        "What cannot be read is unknown: it is reported, and the rest is found",
        arguments: [
            (FaultyCalls.Call.Kind.open, Errno.permissionDenied, "dark"), (.open, .ioError, "dark"),
            (.status, .ioError, "a.jpg"), (.open, .tooManyOpenFiles, "dark"),
        ])
    func unread(kind: FaultyCalls.Call.Kind, errno: Errno, name: String) async throws {
        try await withFolder { parent in
            let calls = FaultyCalls { $0.kind == kind && $0.name == name ? errno : nil }
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            for path in ["dark/a.jpg", "dark/b.jpg", "light/c.jpg"] {
                try FileManager.default.createDirectory(
                    at: parent.appending(path: path).deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data([1]).write(to: parent.appending(path: path))
            }
            let (found, result) = try walk(library)
            #expect(calls.hits == 1)
            let unread = try #require(result.unread.first)
            #expect(result.unread.count == 1)
            #expect(unread.path == (kind == .open ? "dark" : "dark/a.jpg"))
            guard case .fault(let sentence) = unread.reason else {
                Issue.record("a fault is told as one")
                return
            }
            #expect(sentence.hasSuffix("."))
            #expect(found == hex(kind == .open ? ["light/c.jpg"] : ["dark/b.jpg", "light/c.jpg"]))
        }
    }

    @Test("A folder whose listing breaks off in the middle is unknown as a whole")
    func brokenListing() async throws {
        try await withFolder { parent in
            let calls = FaultyCalls { $0.kind == .entries && $0.number == 2 ? .ioError : nil }
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            try Data([1]).write(to: parent.appending(path: "a.jpg"))
            let (found, result) = try walk(library)
            #expect(found.isEmpty)
            #expect(result.unread.map(\.path) == [""])
        }
    }

    @Test("Another file system below the library is not entered, and what was known there is unknown")
    func otherFileSystem() async throws {
        try await withFolder { parent in
            let mounted = parent.appending(path: "mounted")
            try FileManager.default.createDirectory(at: mounted, withIntermediateDirectories: true)
            try Data([1]).write(to: mounted.appending(path: "a.jpg"))
            var inode: UInt64 = 0
            var raw = stat()
            if stat(mounted.path, &raw) == 0 { inode = UInt64(raw.st_ino) }
            let calls = FaultyCalls(onStatus: { [inode] _, status in
                var status = status
                if status.identity.inode == inode { status.identity.device += 1 }
                return status
            })
            let library = try LibraryFolder(path: parent.path, .create, calls: calls)
            let (found, result) = try walk(library)
            #expect(found.isEmpty)
            #expect(result.unread == [LibraryWalk.Unread(path: "mounted", reason: .otherFileSystem)])
        }
    }

    @Test("Deeper folders than a process may have files open are walked")
    func deep() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            let deep = Array(repeating: "d", count: 1100).joined(separator: "/") + "/a.jpg"
            var folder = open(sandbox.folder.path, O_RDONLY | O_DIRECTORY)
            for _ in 0..<1100 {
                #expect(mkdirat(folder, "d", 0o755) == 0)
                let next = openat(folder, "d", O_RDONLY | O_DIRECTORY)
                close(folder)
                folder = next
            }
            close(openat(folder, "a.jpg", O_CREAT | O_WRONLY, 0o600))
            close(folder)
            #expect(try walk(sandbox.library).0 == hex([deep]))
        }
    }

    @Test("A folder of 5,000 photos renamed on the disk is 5,000 moves, and none is read")
    func renamedFolder() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            try sandbox.put("before/end.jpg", [1])
            let folder = open(sandbox.url("before").path, O_RDONLY | O_DIRECTORY)
            for index in 1..<5_000 { close(openat(folder, "IMG_\(index).JPG", O_CREAT | O_WRONLY, 0o600)) }
            close(folder)
            var known: [KnownFile] = []
            _ = try LibraryWalk(library: sandbox.library).walk { batch in
                known += batch.map { KnownFile(path: $0.path, identity: $0.identity) }
            }
            rename(sandbox.url("before").path, sandbox.url("after").path)
            let settling = SettlingRule(time: .seconds(2))
            var comparison = LibraryComparison(known: known, now: .max, settling: settling)
            let walk = try LibraryWalk(library: sandbox.library).walk { comparison.take($0) }
            let changes = comparison.finish(walk)
            #expect(changes.moved.count == 5_000)
            #expect(changes.toHash.isEmpty && changes.unsettled.isEmpty && changes.vanished.isEmpty)
            #expect(changes.massDisappearance == nil)
        }
    }

    @Test("A walk that is stopped says so")
    func stopped() async throws {
        try await withFolder { parent in
            let sandbox = try DiskSandbox(in: parent)
            try sandbox.write("a.jpg", [1])
            let result = try LibraryWalk(library: sandbox.library).walk(isStopped: { true }) { _ in }
            #expect(result.isStopped)
            #expect(result.files == 0)
        }
    }
}
