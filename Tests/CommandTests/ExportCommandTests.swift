import Control
import Crypto
import Foundation
import Glibc
import Model
import TestSupport
import Testing

@testable import Console

@Suite("The built syncctl writes pictures whole or not at all", .timeLimit(.minutes(2)))
struct ExportCommandTests {
    private static let syncctl = CommandProgram(built: "syncctl")
    private static let text = String(repeating: "picture ", count: 20_000)

    /// A picture of ``text``, which may say that it is another or longer.
    private static func picture(
        image: ImageID? = nil, bytes: Int? = nil, isEndless: Bool = false
    ) throws -> FakeNode.Picture {
        let all = Array(text.utf8)
        let id = try #require(Bytes32(Array(SHA256.hash(data: all))))
        return FakeNode.Picture(
            head: Control.Export.Head(
                image: image ?? ImageID(id), path: CommandSamples.path("2026/IMG_0001.edited.jpg"),
                bytes: Int64(bytes ?? all.count), from: "attic"),
            chunks: [Array(all.prefix(70_000)), Array(all.dropFirst(70_000))], isEndless: isEndless)
    }

    private struct Exported {
        var result: CommandProgram.Result
        var calls: [String]
        /// The files in the folder that was written to.
        var files: [String]
    }

    /// Runs `export 2026/IMG_0001.JPG` in `folder`, with `arguments`.
    private static func run(
        _ arguments: [String], in folder: CommandScratch, _ picture: FakeNode.Picture?, library: String? = nil
    ) async throws -> Exported {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode(picture: picture)
        if let library {
            var status = CommandSamples.status
            status.library.path = library
            node.publish(status)
        }
        let result = try await CommandServed.serve(node, at: socket) { _ in
            try await CommandProgram(path: "/usr/bin/setsid").run(
                ["--wait", syncctl.file, "export", "2026/IMG_0001.JPG", "--control", socket] + arguments)
        }
        return Exported(
            result: result, calls: node.calls,
            files: try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted())
    }

    @Test("the picture stands under its name, and nothing beside it", arguments: [false, true])
    func whole(isFolder: Bool) async throws {
        let folder = try CommandScratch()
        let name = isFolder ? "IMG_0001.edited.jpg" : "print.jpg"
        let target = isFolder ? folder.path : folder("print.jpg")
        let exported = try await Self.run(["-o", target], in: folder, Self.picture())
        #expect(exported.result.status == 0, "\(exported.result.errors)")
        #expect(
            exported.result.output.hasPrefix(
                "Wrote 2026/IMG_0001.edited.jpg, 160 kB from attic, to \(folder(name)) in "))
        #expect(exported.result.errors == "")
        #expect(exported.files == [name])
        #expect(try String(contentsOfFile: folder(name), encoding: .utf8) == Self.text)
        let mask = umask(0)
        umask(mask)
        let mode = try FileManager.default.attributesOfItem(atPath: folder(name))[.posixPermissions] as? Int
        #expect(mode == 0o666 & ~Int(mask))
    }

    @Test("what is typed is what is asked for, and JSON says what was written")
    func json() async throws {
        let folder = try CommandScratch()
        let exported = try await Self.run(
            ["-o", folder("a.jpg"), "--original", "--wait", "--json"], in: folder, Self.picture())
        #expect(exported.calls.last == "export 2026/IMG_0001.JPG original wait")
        let image = try Self.picture().head.image
        #expect(
            exported.result.output == """
                {"bytes":160000,"file":"\(folder("a.jpg"))","from":"attic","image":"\(image)",\
                "path":"2026/IMG_0001.edited.jpg"}

                """)
    }

    @Test("- is standard output, and nothing but the picture goes there")
    func standardOutput() async throws {
        let folder = try CommandScratch()
        let exported = try await Self.run(["-o", "-"], in: folder, Self.picture())
        #expect(exported.result.status == 0)
        #expect(exported.result.output == Self.text)
        #expect(exported.result.errors == "")
    }

    @Test("bytes that are not the picture, or not all of it, leave nothing", arguments: [false, true])
    func notWhole(isShort: Bool) async throws {
        let folder = try CommandScratch()
        let picture = try isShort ? Self.picture(bytes: 200_000) : Self.picture(image: CommandSamples.image(1))
        let exported = try await Self.run(["-o", folder("a.jpg")], in: folder, picture)
        #expect(exported.result.status == (isShort ? 75 : 1))
        // How much had come by then is the system's affair: a connection that breaks takes along what was not read.
        let words =
            isShort ? ["broke off after ", " of 200000 bytes"] : ["its SHA-256 is another), and nothing was written"]
        #expect(words.allSatisfy(exported.result.errors.contains), "\(exported.result.errors)")
        #expect(exported.result.output == "")
        #expect(exported.files == [])
    }

    @Test("a file that is there is replaced with --force only, and before that the agent is asked for nothing")
    func existing() async throws {
        let folder = try CommandScratch()
        try Data("mine".utf8).write(to: URL(fileURLWithPath: folder("a.jpg")))
        try FileManager.default.createSymbolicLink(atPath: folder("link.jpg"), withDestinationPath: "a.jpg")
        let refused = try await Self.run(["-o", folder("a.jpg")], in: folder, Self.picture())
        #expect(refused.result.status == 1)
        #expect(refused.result.errors.contains("is there already: name another file, or add --force"))
        #expect(refused.calls == ["status"])
        #expect(try String(contentsOfFile: folder("a.jpg"), encoding: .utf8) == "mine")
        let forced = try await Self.run(["-o", folder("link.jpg"), "--force"], in: folder, Self.picture())
        #expect(forced.result.status == 0, "\(forced.result.errors)")
        #expect(forced.files == ["a.jpg", "link.jpg"])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder("link.jpg")) == "a.jpg")
        #expect(try String(contentsOfFile: folder("a.jpg"), encoding: .utf8) == Self.text)
    }

    @Test("in a folder, too, the file of that name stays")
    func existingInFolder() async throws {
        let folder = try CommandScratch()
        try Data("mine".utf8).write(to: URL(fileURLWithPath: folder("IMG_0001.edited.jpg")))
        let refused = try await Self.run(["-o", folder.path + "/"], in: folder, Self.picture())
        #expect(refused.result.status == 1)
        #expect(refused.result.errors.contains("is there already"))
        #expect(try String(contentsOfFile: folder("IMG_0001.edited.jpg"), encoding: .utf8) == "mine")
    }

    @Test(
        "places where nothing can be written",
        arguments: [
            ("missing/a.jpg", Int32(1), "The folder '"), ("missing/", 1, "is not there: make it"),
            (".mainstay/a.jpg", 64, "lies in the agent's own folder"),
            (".mainstay/incoming", 64, "lies in the agent's own folder"),
            ("sub/link/a.jpg", 64, "lies in the agent's own folder"),
        ])
    func places(name: String, status: Int32, message: String) async throws {
        let folder = try CommandScratch()
        let files = FileManager.default
        try files.createDirectory(atPath: folder(".mainstay/incoming"), withIntermediateDirectories: true)
        try files.createDirectory(atPath: folder("sub"), withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: folder("sub/link"), withDestinationPath: "../.mainstay/incoming")
        let exported = try await Self.run(["-o", folder(name)], in: folder, Self.picture(), library: folder.path)
        #expect(exported.result.status == status)
        #expect(exported.result.errors.contains(message), "\(exported.result.errors)")
        #expect(!exported.calls.contains { $0.hasPrefix("export") })
        #expect(try files.contentsOfDirectory(atPath: folder(".mainstay/incoming")) == [])
    }

    @Test("a full disk is one sentence", arguments: ["/dev/full"])
    func full(device: String) async throws {
        let folder = try CommandScratch()
        let exported = try await Self.run(["-o", device], in: folder, Self.picture())
        #expect(exported.result.status == 1)
        #expect(
            exported.result.errors
                == "syncctl: /dev/full cannot be written (No space left on device): make room there, or name another place.\n"
        )
    }

    @Test(
        "a disk without room is told at once and keeps nothing", .enabled(if: geteuid() == 0, "it mounts a small disk"))
    func small() async throws {
        let folder = try CommandScratch()
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let script = """
            mount -t tmpfs -o size=64k small \(folder.path) || exit 99
            \(Self.syncctl.file) export a.jpg -o \(folder("a.jpg")) --control \(socket)
            echo "exit $?"; ls -A \(folder.path)
            """
        let result = try await CommandServed.serve(FakeNode(picture: try Self.picture()), at: socket) { _ in
            try await CommandProgram(path: "/usr/bin/unshare").run(["-m", "/bin/sh", "-c", script])
        }
        #expect(result.output == "exit 1\n")
        #expect(result.errors.contains("a.jpg cannot be written (No space left on device): make room there"))
    }

    @Test("interrupted, it leaves nothing, and the agent stops sending")
    func interrupt() async throws {
        let folder = try CommandScratch()
        let scratch = try CommandScratch()
        let socket = scratch("s")
        let node = FakeNode(picture: try Self.picture(bytes: 400_000, isEndless: true))
        try await CommandServed.serve(node, at: socket) { _ in
            let result = try await CommandProgram(path: "/usr/bin/script").run(
                [
                    "-qec", "exec \(Self.syncctl.file) export a.jpg -o \(folder("a.jpg")) --control \(socket)",
                    "/dev/null",
                ],
                dialogue: [("exporting from attic", "\u{3}")])
            #expect(result.status == 1)
            #expect(result.output.contains("Interrupted: nothing was written."))
            var ended = node.endedStreams.makeAsyncIterator()
            #expect(await ended.next() == "export")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }
}
