import Control
import Model
import Testing

@testable import Console

@Suite("What a person types is turned into a path of the library")
struct LibraryPathTests {
    /// `/home/u/Pictures` is a link to `/disk/photos`.
    private static func place(in current: String, library: String = "/home/u/Pictures") -> LibraryPath {
        LibraryPath(library: library, current: current) { path in
            let known = ["/", "/home", "/home/u", "/disk", "/disk/photos", "/disk/photos/2026", "/tmp"]
            if path == "/home/u/Pictures" { return "/disk/photos" }
            if path == "/home/u/Pictures/2026" { return "/disk/photos/2026" }
            return known.contains(path) ? path : nil
        }
    }

    @Test(
        "inside",
        arguments: [
            ("/tmp", "2026/a.jpg", "2026/a.jpg"), ("/tmp", "/home/u/Pictures/2026/a.jpg", "2026/a.jpg"),
            ("/tmp", "/home/u/Pictures", ""), ("/tmp", ".", ""), ("/tmp", "", ""), ("/tmp", "2026/", "2026"),
            ("/home/u/Pictures/2026", "a.jpg", "2026/a.jpg"), ("/home/u/Pictures/2026", "../b.jpg", "b.jpg"),
            ("/home/u/Pictures/2026", "./05//a.jpg", "2026/05/a.jpg"),
            // getcwd(2) tells where links lead to.
            ("/disk/photos/2026", "a.jpg", "2026/a.jpg"), ("/tmp", "/disk/photos/2026/new/a.jpg", "2026/new/a.jpg"),
            ("/tmp", "a\u{301}/\u{301}b.jpg", "a\u{301}/\u{301}b.jpg"), ("/home/u/Pictures-old", "a.jpg", "a.jpg"),
        ])
    func inside(current: String, argument: String, expected: String) throws {
        let path = try Self.place(in: current).resolve(argument)
        #expect(path.utf8.elementsEqual(expected.utf8))
    }

    @Test(
        "outside",
        arguments: [
            ("/tmp", "/etc/passwd"), ("/tmp", "../x"), ("/home/u/Pictures/2026", "../../x"),
            ("/tmp", "/home/u/Pictures-old/a.jpg"), ("/tmp", "/home/u/Pictures/../x"), ("/tmp", "/"),
        ])
    func outside(current: String, argument: String) {
        let failure = #expect(throws: ControlFailure.self) { try Self.place(in: current).resolve(argument) }
        #expect(failure?.code == .usage)
    }

    @Test("what no image can be called is refused", arguments: ["", ".", ".mainstay/x", "a\u{1B}.jpg"])
    func images(argument: String) {
        let failure = #expect(throws: ControlFailure.self) { try Self.place(in: "/tmp").image(argument) }
        #expect(failure?.code == .usage)
    }
}

@Suite("What a person types for several images and folders")
struct LibraryPlacesTests {
    private static func place(in current: String) -> LibraryPath {
        LibraryPath(library: "/p", current: current) { $0 }
    }

    @Test("each is a path, and the library itself stands for all")
    func places() throws {
        #expect(try Self.place(in: "/tmp").places(["2026", "/p/a.jpg"]).map(\.description) == ["2026", "a.jpg"])
        #expect(try Self.place(in: "/tmp").places(["2026", "/p"]).isEmpty)
        #expect(try Self.place(in: "/p").places(["."]).isEmpty)
        #expect(try Self.place(in: "/p/2026").places([".."]).isEmpty)
        #expect(try Self.place(in: "/p/2026").places(["."]).map(\.description) == ["2026"])
    }

    @Test(
        "what would mean everything by a slip is refused",
        arguments: [("/tmp", ""), ("/p", ""), ("/tmp", "."), ("/tmp", "2026/..")])
    func slips(current: String, argument: String) {
        let failure = #expect(throws: ControlFailure.self) {
            try Self.place(in: current).places(["2026", argument])
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
