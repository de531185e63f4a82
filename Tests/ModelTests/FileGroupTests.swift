import Model
import TestSupport
import Testing

@Suite("Files that belong together by their names")
struct FileGroupTests {
    /// The groups among `names`, each as its lead and the others, by path.
    private static func groups(_ names: [String]) -> [[String]] {
        FileGroup.groups(among: names.map { Sample.path($0) }).map { $0.paths.map(\.description) }
    }

    @Test(
        "share folder and stem: one picture, one RAW, one film, and their sidecars; the picture leads",
        arguments: [
            (["a/IMG_1.CR2", "a/IMG_1.JPG"], [["a/IMG_1.JPG", "a/IMG_1.CR2"]]),
            (["IMG_1.HEIC", "IMG_1.MOV", "IMG_1.AAE"], [["IMG_1.HEIC", "IMG_1.MOV", "IMG_1.AAE"]]),
            (["IMG_1.JPG", "IMG_1.JPG.xmp", "IMG_1.xmp"], [["IMG_1.JPG", "IMG_1.JPG.xmp", "IMG_1.xmp"]]),
            (["img_1.jpg", "IMG_1.JPG.XMP", "Img_1.mov"], [["img_1.jpg", "Img_1.mov", "IMG_1.JPG.XMP"]]),
            (["C1.MP4", "C1.THM"], [["C1.MP4", "C1.THM"]]), (["a.dng", "a.WAV"], [["a.dng", "a.WAV"]]),
            (["a.nef", "a.mov", "a.jpg.xmp"], [["a.nef", "a.mov"]]),
            (
                ["IMG_E1234.JPG", "IMG_1234.HEIC", "IMG_1234.AAE", "IMG_O1234.AAE", "IMG_1234.MOV", "IMG_E1234.MOV"],
                [["IMG_1234.HEIC", "IMG_1234.MOV", "IMG_E1234.JPG", "IMG_E1234.MOV", "IMG_1234.AAE", "IMG_O1234.AAE"]]
            ), (["IMG_E1234.JPG", "IMG_1234.AAE"], [["IMG_E1234.JPG", "IMG_1234.AAE"]]),
            (["IMG_E1234.JPG", "IMG_E1234.AAE"], [["IMG_E1234.JPG", "IMG_E1234.AAE"]]),
            (["写真.heic", "写真.mov"], [["写真.heic", "写真.mov"]]), (["a.b.jpg", "a.b.mov"], [["a.b.jpg", "a.b.mov"]]),
        ])
    func together(names: [String], expected: [[String]]) { #expect(Self.groups(names) == expected) }

    @Test(
        "are none where it is not certain which is which, or where nothing leads",
        arguments: [
            ["a/IMG_1.JPG", "b/IMG_1.MOV"], ["a.jpg", "a.jpeg"], ["a.jpg", "A.JPG"], ["a.jpg", "a.png", "a.mov"],
            ["a.jpg", "a.png", "a.xmp"], ["a.jpg", "ab.mov"], ["a.xmp", "a.aae"], ["a.jpg", "a.txt"],
            ["a.jpg", "a.jpg.edited.jpg", "a.jpg.edited.png"], ["IMG_O1234.JPG", "IMG_1234.AAE"],
            ["IMG_E12345.JPG", "IMG_12345.AAE"],
            ["e\u{301}.jpg", "\u{E9}.mov"], ["jpg", "mov"],
        ])
    func apart(names: [String]) { #expect(Self.groups(names) == []) }

    @Test("Where a second name stands beside some of a name, and not beside all, nobody knows whose the others are")
    func beside() {
        #expect(Self.groups(["a.heic", "a.mov", "a (laptop).heic"]) == [])
        #expect(Self.groups(["a.heic", "a.mov", "a (laptop 2).mov"]) == [])
        #expect(
            Self.groups(["a.heic", "a.heic.xmp", "a (b) (laptop).heic", "a (b).aae"]) == [["a.heic", "a.heic.xmp"]])
        #expect(
            Self.groups(["a.heic", "a.mov", "a (laptop).heic", "a (laptop).mov"]) == [
                ["a (laptop).heic", "a (laptop).mov"], ["a.heic", "a.mov"],
            ])
        #expect(Self.groups(["a.heic", "a.mov", "b/a (laptop).heic"]) == [["a.heic", "a.mov"]], "in another folder")
    }

    @Test("A sidecar that names its file whole goes with that, also where others have the stem")
    func named() {
        #expect(
            Self.groups(["a.jpg", "a.png", "a.png.xmp", "a.xmp"]) == [["a.png", "a.png.xmp"]])
        #expect(Self.groups(["a.jpg", "A.JPG", "a.jpg.xmp"]) == [], "which of the two is not told")
    }

    @Test(
        "Whatever the names: no file is in two groups, none leaves its folder, and their order says nothing",
        arguments: 1...40)
    func properties(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        let stems = ["IMG_1", "img_1", "IMG_1 (b)", "IMG_1234", "IMG_E1234", "IMG_O1234", "a.b", "é"]
        let endings = [
            "JPG", "jpeg", "heic", "CR2", "mov", "mp4", "xmp", "JPG.xmp", "aae", "thm", "txt", "jpg.edited.jpg",
        ]
        let names = (0..<60).map { _ in
            let folder = ["", "a/", "a/b/"].randomElement(using: &dice) ?? ""
            return folder + (stems.randomElement(using: &dice) ?? "") + "."
                + (endings.randomElement(using: &dice) ?? "")
        }
        let paths = names.map { Sample.path($0) }
        let groups = FileGroup.groups(among: paths)
        #expect(!groups.isEmpty)
        #expect(FileGroup.groups(among: paths.shuffled(using: &dice)) == groups)
        let members = groups.flatMap(\.paths)
        #expect(Set(members).count == members.count && Set(members).isSubset(of: paths))
        for group in groups {
            #expect(Set(group.paths.map(\.folder)).count == 1 && !group.parts.isEmpty)
            let media = ([group.lead] + group.parts).map(\.kind).filter { $0 != .sidecar }
            #expect(Set(media).count == media.count && media.first == media.min())
            // A group that is looked at by itself is the same.
            #expect(FileGroup.groups(among: group.paths) == [group])
        }
        // Each folder is for itself, and what is no part changes nothing.
        let apart = Dictionary(grouping: paths, by: \.folder).values.flatMap { FileGroup.groups(among: $0) }
        #expect(Set(apart) == Set(groups))
        #expect(FileGroup.groups(among: paths + [Sample.path("a/other.jpg"), Sample.path("a/b/x.txt")]) == groups)
    }

    @Test(
        "A folder of 100,000 names of one stem, or of as many, takes as long as there are names",
        .timeLimit(.minutes(1)))
    func large() {
        let pairs = (0..<50_000).flatMap { ["IMG_\($0).HEIC", "IMG_\($0).MOV"] }
        #expect(Self.groups(pairs).count == 50_000)
        let alike = (0..<100_000).map { index in
            // One stem in all ways of writing it.
            "abcdefghijklmnopq".enumerated().map {
                index >> $0.offset & 1 == 1 ? $0.element.uppercased() : "\($0.element)"
            }
            .joined() + ".xmp"
        }
        #expect(Self.groups(alike + ["abcdefghijklmnopq.jpg"]).map(\.count) == [100_001])
    }
}
