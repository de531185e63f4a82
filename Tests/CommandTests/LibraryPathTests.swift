import Control
import Model
import Testing

@testable import Console

@Suite("What a person types is turned into a path of the library: as the shell means it, then relative to the library")
struct LibraryPathTests {
    private static let files: Set = [
        "/", "/home", "/home/u", "/home/u/Documents", "/home/u/Documents/2024", "/disk", "/disk/photos",
        "/disk/photos/2026", "/disk/photos/2026/05", "/disk/photos/2026/05/a.jpg", "/disk/photos/2026/2026",
        "/disk/photos/2026/2026/05", "/disk/photos/Pictures", "/disk/photos/b.jpg", "/disk/aside", "/disk/x", "/tmp",
        "/disk/aside/x",
    ]
    private static let links = [
        "/home/u/Pictures": "/disk/photos", "/tmp/link": "/disk/photos/2026", "/disk/photos/out": "/disk/aside",
        "/disk/photos/same.jpg": "/disk/photos/b.jpg",
    ]
    /// Known to the agent, and in no form here.
    private static let known: Set = ["2025/01", "Pictures/only", "2026/05/none.jpg", "out/p.jpg", "2026/06"]

    /// `/home/u/Pictures` is a link to `/disk/photos`.
    private static func place(in current: String, library: String = "/home/u/Pictures") -> LibraryPath {
        LibraryPath(library: library, current: current, home: "/home/u") { path in
            var place = ""
            for part in path.split(separator: "/") where part != "." {
                if part == ".." {
                    place = place.split(separator: "/").dropLast().map { "/" + $0 }.joined()
                    continue
                }
                let next = place + "/" + part
                guard let found = links[next] ?? (files.contains(next) ? next : nil) else { return nil }
                place = found
            }
            return place.isEmpty ? "/" : place
        }
    }

    private static func ask(_ paths: [RelativePath]) -> [RelativePath] {
        paths.filter { known.contains($0.description) }
    }

    @Test(
        "inside",
        arguments: [
            // As the shell completes it from the home folder; known here only, and in no form.
            ("/home/u", "Pictures/2025/01", "2025/01"), ("/home/u", "Pictures/2026/05/", "2026/05"),
            ("/home/u", "Pictures/2026/05/none.jpg", "2026/05/none.jpg"), ("/home/u", "./Pictures//b.jpg", "b.jpg"),
            ("/home/u/Documents", "../Pictures/b.jpg", "b.jpg"), ("/", "home/u/Pictures/2026", "2026"),
            ("/", "disk/photos/2026", "2026"),
            // Both in the library: the shell's meaning where it is there or known, else that from the library.
            ("/disk/photos", "Pictures", "Pictures"), ("/home/u", "Pictures/only", "Pictures/only"),
            ("/disk/photos/2026", "2026/05", "2026/2026/05"), ("/disk/photos/2026/05", "2026/05", "2026/05"),
            ("/disk/photos/2026/05", "2026/05/a.jpg", "2026/05/a.jpg"),
            ("/disk/photos/2026", "05/none.jpg", "2026/05/none.jpg"),
            ("/disk/photos/2026/05", "2026/06", "2026/06"), ("/disk/photos/2026/05", "new.jpg", "2026/05/new.jpg"),
            // From outside.
            ("/tmp", "2026/a.jpg", "2026/a.jpg"), ("/tmp", "2026/", "2026"), ("/tmp", "2025/01", "2025/01"),
            ("/tmp", "/home/u/Pictures/2026/a.jpg", "2026/a.jpg"),
            ("/tmp", "/home/u/Pictures-old/../Pictures/b.jpg", "b.jpg"),
            ("/tmp", "~/Pictures/2026/05", "2026/05"), ("/disk/photos", "~/Pictures/2026", "2026"),
            ("/home/u/Pictures-old", "a.jpg", "a.jpg"), ("/tmp", "2026/../b.jpg", "b.jpg"),
            // From inside, by the library's name and by where that leads; getcwd(2) tells where links lead to.
            ("/home/u/Pictures/2026", "a.jpg", "2026/a.jpg"), ("/home/u/Pictures/2026", "../b.jpg", "b.jpg"),
            ("/home/u/Pictures/2026", "./05//a.jpg", "2026/05/a.jpg"), ("/disk/photos/2026", "a.jpg", "2026/a.jpg"),
            ("/tmp", "/disk/photos/2026/new/a.jpg", "2026/new/a.jpg"),
            // Through links: from outside, with the kernel's `..`, in the library, and out of it.
            ("/tmp", "link/05/a.jpg", "2026/05/a.jpg"), ("/tmp", "link/../b.jpg", "b.jpg"), ("/tmp", "link", "2026"),
            ("/disk/photos", "same.jpg", "b.jpg"), ("/tmp", "same.jpg", "b.jpg"), ("/tmp", "out/p.jpg", "out/p.jpg"),
            ("/disk/photos", "out/p.jpg", "out/p.jpg"),
            // The file of a reduced copy.
            ("/home/u", "Pictures/2026/05/n.jpg.reduced.jpg", "2026/05/n.jpg.reduced.jpg"),
            // Names are bytes.
            ("/tmp", "a\u{301}/\u{301}b.jpg", "a\u{301}/\u{301}b.jpg"),
        ])
    func inside(current: String, argument: String, expected: String) async throws {
        let path = try await Self.place(in: current).place(argument, known: Self.ask)
        #expect(path?.description.utf8.elementsEqual(expected.utf8) == true, "\(path?.description ?? "the library")")
    }

    @Test(
        "the whole library",
        arguments: [
            ("/tmp", "/home/u/Pictures"), ("/tmp", "/disk/photos/"), ("/home/u", "Pictures"), ("/home/u", "Pictures/"),
            ("/tmp", "~/Pictures"), ("/disk/photos", "."), ("/disk/photos/2026", ".."), ("/tmp", "link/.."),
        ])
    func whole(current: String, argument: String) async throws {
        #expect(try await Self.place(in: current).place(argument, known: Self.ask) == nil)
        #expect(try await Self.place(in: current).places(["2026", argument], known: Self.ask).isEmpty)
        await #expect(throws: ControlFailure.self) {
            try await Self.place(in: current).image(argument, known: Self.ask)
        }
    }

    @Test(
        "outside",
        arguments: [
            ("/tmp", "/etc/passwd", "'/etc/passwd'"), ("/tmp", "../x", "'../x'"), ("/tmp", "/", "'/'"),
            ("/disk/photos/2026", "../../x", "'../../x' is /disk/x, which"),
            ("/tmp", "/home/u/Pictures-old/a.jpg", "'/home/u/Pictures-old/a.jpg'"),
            ("/tmp", "/home/u/Pictures/../x", "'/home/u/Pictures/../x' is /disk/x, which"),
            ("/home/u", "Documents", "'Documents' is /home/u/Documents, which"),
            ("/home/u/Documents", "2024", "'2024' is /home/u/Documents/2024, which"),
            ("/tmp", "~", "'~' is /home/u, which"), ("/disk/photos", "out/x", "'out/x' is /disk/aside/x, which"),
            ("/disk/photos", "out/../x", "'out/../x' is /disk/x, which"),
        ])
    func outside(current: String, argument: String, what: String) async {
        let failure = await #expect(throws: ControlFailure.self) {
            try await Self.place(in: current).place(argument, known: Self.ask)
        }
        #expect(failure?.code == .usage)
        #expect(
            failure?.message
                == "\(what) does not lie in the library /home/u/Pictures: name a file or folder in it.")
    }

    @Test("what no image can be called is refused", arguments: ["", ".mainstay/x", "a\u{1B}.jpg"])
    func images(argument: String) async {
        let failure = await #expect(throws: ControlFailure.self) {
            try await Self.place(in: "/tmp").place(argument, known: Self.ask)
        }
        #expect(failure?.code == .usage)
    }

    @Test("a library whose disk is not there has its paths all the same")
    func absent() async throws {
        let place = Self.place(in: "/tmp", library: "/mnt/gone/photos")
        #expect(try await place.place("/mnt/gone/photos/a.jpg", known: Self.ask)?.description == "a.jpg")
        #expect(try await place.place("2025/01", known: Self.ask)?.description == "2025/01")
    }

    @Test("the agent is asked once, and not for what stands in a folder here")
    func asking() async throws {
        let asked = Asked()
        let place = Self.place(in: "/disk/photos/2026")
        _ = try await place.places(["05", "05/a.jpg"]) { await asked.note($0) }
        #expect(await asked.calls.isEmpty)
        _ = try await place.places(["05", "x", "y"]) { await asked.note($0) }
        #expect(await asked.calls == [["2026/x", "x", "2026/y", "y"]])
    }

    private actor Asked {
        var calls: [[String]] = []
        func note(_ paths: [RelativePath]) -> [RelativePath] {
            calls.append(paths.map(\.description))
            return []
        }
    }

    @Test(
        "what would mean everything by a slip is refused",
        arguments: [("/tmp", ""), ("/disk/photos", ""), ("/tmp", "."), ("/tmp", "2026/..")])
    func slips(current: String, argument: String) async {
        let failure = await #expect(throws: ControlFailure.self) {
            try await Self.place(in: current).places(["2026", argument], known: Self.ask)
        }
        #expect(failure?.code == .usage)
    }
}

@Suite("Options before the verb")
struct LeadingOptionsTests {
    @Test(
        "come to stand behind it",
        arguments: [
            (["--control", "s", "status"], ["status", "--control", "s"]),
            (["--json", "--control=s", "ls", "2026"], ["ls", "--json", "--control=s", "2026"]),
            (["status", "--json"], ["status", "--json"]), (["--help"], ["--help"]), (["--control"], ["--control"]),
            ([], []),
        ])
    func order(given: [String], expected: [String]) {
        #expect(LeadingOptions.behindVerb(given) == expected)
    }
}
