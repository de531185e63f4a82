import TestSupport
import Testing

@testable import Settings

@Suite("One setting is changed in a file, and every other byte stays")
struct SettingsEditTests {
    private static func changed(_ text: String, _ key: Setting.Key, _ words: [String]?) throws -> String {
        try SettingsEdit(key: key, words: words, path: "/f.yaml").changed(text)
    }

    @Test(
        "a value gets another in its place, and what stands behind it stays",
        arguments: [
            (
                "# mine\n\nkeep: reduced   # for now\nname: a\n", .keep, ["mains"],
                "# mine\n\nkeep: mains   # for now\nname: a\n"
            ),
            ("name: \"a # b\" # c\n", .name, ["d: e"], "name: \"d: e\" # c\n"),
            ("name: 'it''s'\r\nkeep: mains\r\n", .name, ["x"], "name: x\r\nkeep: mains\r\n"),
            ("\"keep\":   reduced", .keep, ["mains"], "\"keep\":   mains"),
            ("---\nname: 屋根裏 # é\n", .name, ["æ \"b\""], "---\nname: \"æ \\\"b\\\"\" # é\n"),
            ("limit: 200\n", .limit, ["200 GB"], "limit: 200 GB\n"),
            (
                "reduced: { edge: 2048, quality: 85 } # q\n", .reducedQuality, ["90"],
                "reduced: { edge: 2048, quality: 90 } # q\n"
            ),
            ("copies: {minimum: 1}\n", .copiesTarget, ["3"], "copies: { minimum: 1, target: 3 }\n"),
            (
                "reduced:\n    # px\n    edge: 2048 # big\n    quality: 85\nkeep: mains\n", .reducedEdge, ["1600"],
                "reduced:\n    # px\n    edge: 1600 # big\n    quality: 85\nkeep: mains\n"
            ),
            (
                "reduced:\n    edge: 2048\n\n# end\n", .reducedQuality, ["9"],
                "reduced:\n    edge: 2048\n    quality: 9\n\n# end\n"
            ),
            ("ignore: [a, \"b, c\"] # d\n", .ignore, ["*.bak", "2019/raw"], "ignore: [\"*.bak\", 2019/raw] # d\n"),
            ("peers: attic:1\n", .peers, ["nas:2"], "peers: [\"nas:2\"]\n"),
        ] as [(String, Setting.Key, [String], String)])
    func replaced(text: String, key: Setting.Key, words: [String], wanted: String) throws {
        #expect(try Self.changed(text, key, words) == wanted)
    }

    @Test(
        "a list that stands line by line keeps the lines of the items that stay",
        arguments: [
            (["a", "b", "c"], "ignore:\n  # one\n  - a\n  - b # two\n  # end\n  - c\n"),
            (["a", "c"], "ignore:\n  # one\n  - a\n  # end\n  - c\n"),
            (
                ["x", "a", "b", "y", "c", "z"],
                "ignore:\n  - x\n  # one\n  - a\n  - b # two\n  - y\n  # end\n  - c\n  - z\n"
            ),
            (["c", "a"], "ignore:\n  # one\n  # end\n  - c\n  - a\n"),
            (["*"], "ignore:\n  # one\n  # end\n  - \"*\"\n"),
        ])
    func items(words: [String], wanted: String) throws {
        let text = "ignore:\n  # one\n  - a\n  - b # two\n  # end\n  - c\n"
        let after = try Self.changed(text + "keep: mains", .ignore, words)
        #expect(try SettingsFile.parse(after, path: "")[.ignore]?.words == words)
        // Where a new item stands between comments is of no matter.
        #expect(after.split(separator: "\n").sorted() == (wanted + "keep: mains").split(separator: "\n").sorted())
    }

    @Test(
        "a setting that is not there comes behind its example, or at the end",
        arguments: [
            ("", "keep: mains\n"), ("name: a", "name: a\nkeep: mains\n"),
            ("# only words", "# only words\nkeep: mains\n"),
            ("# Keep.\n#keep: reduced\n\nname: a\n", "# Keep.\n#keep: reduced\nkeep: mains\n\nname: a\n"),
            ("name: a\r\n", "name: a\r\nkeep: mains\r\n"),
            ("ignore:\n  - a\n#keep: reduced\n  - b\n", "ignore:\n  - a\n#keep: reduced\n  - b\nkeep: mains\n"),
        ])
    func added(text: String, wanted: String) throws {
        #expect(try Self.changed(text, .keep, ["mains"]) == wanted)
        #expect(
            try Self.changed("#trash: { days: 30 }\n", .trashDays, ["7"])
                == "#trash: { days: 30 }\ntrash: { days: 7 }\n")
    }

    @Test(
        "the default takes the line out",
        arguments: [
            ("# a\nkeep: mains # b\nname: c\n", .keep, "# a\nname: c\n"), ("name: c\n", .keep, "name: c\n"),
            ("reduced: { edge: 1, quality: 2 }\n", .reducedEdge, "reduced: { quality: 2 }\n"),
            ("reduced: { edge: 300 }\nname: a\n", .reducedEdge, "name: a\n"),
            ("name: a\nreduced:\n  edge: 300\n", .reducedEdge, "name: a\n"),
            ("name: a\nreduced:\n  edge: 300\n  quality: 5\n", .reducedEdge, "name: a\nreduced:\n  quality: 5\n"),
            ("ignore:\n- a\n# b\n- c\nname: d\n", .ignore, "# b\nname: d\n"),
        ] as [(String, Setting.Key, String)])
    func removed(text: String, key: Setting.Key, wanted: String) throws {
        #expect(try Self.changed(text, key, nil) == wanted)
    }

    @Test(
        "what is written in a way that is not surely changed is refused with its line",
        arguments: [
            ("name: a\nkeep: &k mains\n", .keep, ["reduced"], 2), ("{keep: mains}\n", .keep, ["reduced"], 1),
            ("name: >\n  long\n", .name, ["b"], 1), ("name: two\n  lines\n", .name, ["b"], 1),
            ("keep: mains\nignore: [a,\n  b]\n", .ignore, ["c"], 2), ("name: a\n...\n", .keep, ["mains"], 2),
            ("keep:\n  mains\n", .keep, ["reduced"], 1),
        ] as [(String, Setting.Key, [String], Int)])
    func refused(text: String, key: Setting.Key, words: [String], line: Int) throws {
        let fault = #expect(throws: SettingsFault.self) { try Self.changed(text, key, words) }
        #expect(fault?.code == .failed)
        #expect(fault?.message.hasPrefix("/f.yaml, line \(line): ") == true, "\(fault?.message ?? "")")
        #expect(fault?.message.contains("by hand, to '\(key.rawValue): ") == true, "\(fault?.message ?? "")")
    }

    @Test(
        "a file with a fault is refused with the fault's line",
        arguments: ["keep: mains\nkeep: reduced\n", "a: b\nqeep: c\n"])
    func faulty(text: String) {
        let fault = #expect(throws: SettingsFault.self) { try Self.changed(text, .keep, ["mains"]) }
        #expect(fault?.code == .configuration)
        #expect(fault?.message.hasPrefix("/f.yaml, line ") == true)
    }

    @Test(
        "any name comes back as it was",
        arguments: ["a", " b", "true", "~", "-1", "a: b", "#", "'\"\\", "é\u{2028}x", "a,b]", "12"])
    func words(word: String) throws {
        for text in ["", "name: x # y\n"] {
            let after = try Self.changed(text, .name, [word])
            #expect(try SettingsFile.parse(after, path: "")[.name]?.words == [word])
        }
        let list = try Self.changed("ignore: [a]\n", .ignore, [word, "b"])
        #expect(try SettingsFile.parse(list, path: "")[.ignore]?.words == [word, "b"])
    }
}
