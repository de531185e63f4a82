import Model
import TestSupport
import Testing

@Suite("Relative paths")
struct RelativePathTests {
    @Test(
        "What leads outside, is hidden or cannot be shown is refused with its reason",
        arguments: [
            ("", RelativePath.Refusal.empty), ("/etc/passwd", .absolute), ("../x.jpg", .dotComponent),
            ("a/../../x.jpg", .dotComponent), ("a/./x.jpg", .dotComponent), ("a//x.jpg", .emptyComponent),
            ("a/", .emptyComponent), (".mainstay/library", .hidden), ("a/.hidden/x.jpg", .hidden), ("...", .hidden),
            ("a\0b", .controlCharacter), ("a\nb", .controlCharacter), ("a\u{7F}b", .controlCharacter),
            ("a\u{85}b", .controlCharacter), (String(repeating: "x", count: 256), .componentTooLong),
            (String(repeating: "abcdefg/", count: 400) + "x", .tooLong),
        ])
    func refusals(text: String, refusal: RelativePath.Refusal) {
        #expect(throws: refusal) { try RelativePath(text) }
    }

    @Test(
        "Ordinary names of all kinds are taken as they are",
        arguments: [
            "x.jpg", "2026/05/IMG 0001.JPG", "日本/写真 📷.jpg", "a..b/c..jpg", "caf\u{E9}.jpg", "cafe\u{301}.jpg", "~x",
            String(repeating: "x", count: 255),
        ])
    func accepted(text: String) throws {
        #expect(Array(try RelativePath(text).description.utf8) == Array(text.utf8))
    }

    @Test("Composed and decomposed forms of a name are two paths")
    func normalization() throws {
        let composed = try RelativePath("caf\u{E9}.jpg")
        let decomposed = try RelativePath("cafe\u{301}.jpg")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect((composed < decomposed) != (decomposed < composed))
    }

    @Test("Bytes that are not UTF-8 are refused")
    func invalidUTF8() {
        #expect(throws: RelativePath.Refusal.notUTF8) { try RelativePath(bytes: [0x61, 0xFF, 0x62]) }
    }

    @Test(
        "The name of a reduced copy turns back into its main's",
        arguments: ["IMG_1.JPG", "a/b/IMG_1.HEIC", "IMG_1.CR2", "x.reduced.jpg", String(repeating: "é", count: 121)])
    func reducedNames(text: String) throws {
        let path = try RelativePath(text)
        #expect(path.reduced.mainOfReduced == path)
        #expect(path.reduced.name.hasSuffix(".reduced.jpg"))
    }

    @Test("A main's name too long for the suffix is cut and stays distinct")
    func longNames() throws {
        let one = try RelativePath("f/" + String(repeating: "é", count: 125) + "1.jpg")
        let two = try RelativePath("f/" + String(repeating: "é", count: 125) + "2.jpg")
        for path in [one, two] { #expect(path.reduced.name.utf8.count <= 255) }
        #expect(one.reduced != two.reduced)
        #expect(one.reduced == one.reduced)
    }

    @Test("A plain name is no reduced copy's", arguments: ["x.jpg", "x.reduced.JPG", ".reduced.jpg.x", "reduced.jpg"])
    func noReducedName(text: String) {
        #expect((try? RelativePath(text))?.mainOfReduced == nil)
    }

    @Test("A second image at a path gets a readable name beside it")
    func disambiguation() throws {
        let path = try RelativePath("2026/IMG_1.JPG")
        #expect(path.disambiguated(by: "desktop", attempt: 1).description == "2026/IMG_1 (desktop).JPG")
        #expect(path.disambiguated(by: "desktop", attempt: 3).description == "2026/IMG_1 (desktop 3).JPG")
        for label in ["desktop", "desktop 3", "a (b)", "(", ""] {
            for attempt in [1, 2, 3, 12] {
                #expect(path.disambiguated(by: label, attempt: attempt).isDisambiguation(of: path), "\(label)")
            }
        }
        for other in ["2026/IMG_1.JPG", "2026/IMG_2 (desktop).JPG", "IMG_1 (desktop).JPG", "2026/IMG_1 (desktop).PNG"] {
            #expect(try !RelativePath(other).isDisambiguation(of: path))
        }
        #expect(path.disambiguated(by: "a/../b\n", attempt: 1).description == "2026/IMG_1 (a..b).JPG")
        let long = try RelativePath(String(repeating: "x", count: 251) + ".jpg")
        #expect(long.disambiguated(by: "desktop", attempt: 1).name.utf8.count <= 255)
        #expect(long.disambiguated(by: "desktop", attempt: 1).name.hasSuffix(" (desktop).jpg"))
    }

    @Test(
        "Of another machine no path is taken that a desktop would run, or that lies too deep",
        arguments: [
            ("run.sh", true), ("a/evil.Desktop", true), ("page.html", true), ("setup.EXE", true), ("x.jpg.js", true),
            ("IMG_1.JPG", false), ("IMG_1.JPG_original", false), ("scan", false), ("sh", false), ("a.sh/b.png", false),
            ("a.sh/b", false), ("evil\u{6DD}.exe", true),
            (String(repeating: "a/", count: 32) + "b.jpg", false), (String(repeating: "a/", count: 33) + "b.jpg", true),
        ])
    func ofPeers(path: String, isRefused: Bool) throws {
        #expect((try RelativePath(path).refusalFromPeer != nil) == isRefused)
    }

    @Test(
        "A path lies within its own folders only",
        arguments: [
            ("a/b/c.jpg", "", true), ("a/b/c.jpg", "a/b", true), ("a/b/c.jpg", "a/b/c.jpg", true),
            ("a/bc/d.jpg", "a/b", false), ("a", "a/b", false),
        ])
    func within(path: String, folder: String, expected: Bool) throws {
        #expect(try RelativePath(path).isWithin(folder) == expected)
    }
}
