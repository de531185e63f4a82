import Model
import Testing

@Suite("What is left alone by its name")
struct IgnoreRulesTests {
    @Test(
        "Names that programs and disks keep for themselves, wherever they stand and in any case",
        arguments: [
            "Thumbs.db", "2026/THUMBS.DB", "2026/@eaDir/IMG_1.JPG", "desktop.ini", "$RECYCLE.BIN/a/IMG_1.JPG",
            "System Volume Information/x", "Picasa.ini", "lost+found/1", "#recycle/IMG_1.JPG",
        ])
    func standard(text: String) throws { #expect(IgnoreRules().reason(try RelativePath(text)) == .ignored) }

    @Test(
        "A person's patterns: a name anywhere, or a path below the library",
        arguments: [
            ("*.bak", "a/b.BAK", true), ("*.bak", "a.bak/b.jpg", true), ("*.bak", "a/b.bak.jpg", false),
            ("raw/", "2026/RAW/x.nef", true), ("raw/", "2026/raw.jpg", false),
            ("2019/private", "2019/private/x.jpg", true), ("2019/private", "a/2019/private/x.jpg", false),
            ("/top.jpg", "top.jpg", true), ("2019/*.mov", "2019/a.MOV", true), ("2019/*.mov", "2019/b/a.mov", false),
            ("IMG_[0-4]?.jpg", "x/IMG_17.jpg", true), ("IMG_[0-4]?.jpg", "x/IMG_57.jpg", false),
            ("é*", "x/é1.jpg", true), ("*.jpg", "x.jpeg.reduced.jpg", false), ("*.jpeg", "x.jpeg.reduced.jpg", true),
            ("*.reduced.*", "x.jpeg.reduced.jpg", false),
        ])
    func patterns(pattern: String, path: String, isLeftAlone: Bool) throws {
        #expect((try IgnoreRules([pattern]).reason(try RelativePath(path)) == .ignored) == isLeftAlone)
    }

    @Test(
        "Photos, films and sidecars are not left alone",
        arguments: ["a.jpg", "a.mp4", "a.xmp", "a.aae", "eaDir/x", "tmp"])
    func others(text: String) throws { #expect(IgnoreRules().reason(try RelativePath(text)) == nil) }

    @Test("Unfinished files and such as a desktop would run are told apart")
    func reasons() throws {
        #expect(IgnoreRules().reason(try RelativePath("a/b.jpg.part")) == .unfinished)
        #expect(IgnoreRules().reason(try RelativePath("a/page.HTML")) == .runnable)
        #expect(IgnoreRules().reason(try RelativePath("a.part/b.jpg")) == nil, "a folder may be called as it likes")
    }

    @Test(
        "What can be no pattern is refused with its reason",
        arguments: [
            ("", "empty"), ("!a", "no exceptions"), ("*", "every file"), ("*/*", "every file"), ("a\u{1}", "control"),
            (String(repeating: "a", count: 201), "longer than 200"),
        ])
    func refused(pattern: String, reason: String) {
        let refusal = #expect(throws: IgnoreRules.Refusal.self) { _ = try IgnoreRules([pattern]) }
        #expect(refusal?.description.contains(reason) == true)
    }

    @Test("More than a hundred patterns are refused")
    func many() throws {
        _ = try IgnoreRules(Array(repeating: "a", count: 100))
        #expect(throws: IgnoreRules.Refusal.self) { _ = try IgnoreRules(Array(repeating: "a", count: 101)) }
    }
}
