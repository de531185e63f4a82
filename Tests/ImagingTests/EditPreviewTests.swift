import Foundation
import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Previews and renditions")
struct EditPreviewTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var make: @Sendable () throws -> Look

        init(_ name: String, _ make: @escaping @Sendable () throws -> Look) {
            (testDescription, self.make) = (name, make)
        }

        init(_ amounts: [Adjustment: String]) {
            testDescription = amounts.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")
            make = { try Edit.look(amounts) }
        }

        static let all: [Case] = [
            Case("turn") { try Edit.look(turns: 1) },
            Case("mirror") { try Edit.look(isMirrored: true) },
            Case("turn three times and mirror, brighter") {
                try Edit.look(turns: 3, isMirrored: true, [.exposure: "0.3"])
            },
            Case([.straighten: "2.5"]), Case([.straighten: "-30"]),
            Case("crop") { try Edit.look(crop: Crop(left: 123_456, top: 98_765, width: 611_111, height: 577_777)) },
            Case("crop 1:1, turned") {
                try Edit.look(
                    turns: 1, crop: Crop(ratio: (1, 1), of: PixelSize(width: 640, height: 960)), [.exposure: "0.2"])
            },
            Case("straighten and crop") {
                try Edit.look(
                    crop: Crop(left: 200_000, top: 100_001, width: 500_000, height: 700_000), [.straighten: "-3.7"])
            },
            Case([.exposure: "0.7"]), Case([.exposure: "-1.5"]), Case([.temperature: "40"]),
            Case([.temperature: "-60", .tint: "20"]), Case([.tint: "-40"]), Case([.contrast: "50"]),
            Case([.contrast: "-50"]), Case([.highlights: "-80"]), Case([.highlights: "60"]), Case([.shadows: "70"]),
            Case([.shadows: "-60"]), Case([.saturation: "40"]), Case([.saturation: "-70"]), Case([.sharpen: "80"]),
            Case("black and white") { try Edit.look(isBlackAndWhite: true, [.contrast: "20"]) },
            Case("many at once") {
                try Edit.look(
                    turns: 2, crop: Crop(left: 50_000, top: 60_000, width: 800_000, height: 850_000),
                    [
                        .straighten: "1.2", .exposure: "0.3", .temperature: "15", .contrast: "15", .highlights: "-30",
                        .shadows: "20", .saturation: "10", .sharpen: "30",
                    ])
            },
        ]
    }

    private static let mains: [[UInt8]] = (1...3).compactMap { seed in
        try? SamplePhoto(seed: seed, width: 960, height: 640).jpeg(quality: 93, orientation: seed == 2 ? 6 : 1)
    }

    /// How alike the preview from a reduced copy of this quality and the rendition are, in decibels: the rendition as
    /// its own reduced copy, or where that has other pixels, or its blocks lie elsewhere, as the mean of its pixels.
    private static func likeness(_ main: [UInt8], _ recipe: Recipe, quality: Int) throws -> Double {
        let copy = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 480, quality: quality)
        let preview = try Renderer().preview(
            of: copy, recipe: recipe, mainSize: ImageInspector.facts(of: main).size)
        let rendition = try Renderer().render(main: main, recipe: recipe)
        let seen = try Edit.seen(preview)
        let edge = max(seen.width, seen.height)
        let reduced = try Reducer().reduce(main: rendition.span, image: TestJPEG.image, edge: edge, quality: quality)
        let likeness = seen.psnr(against: try Edit.seen(reduced))
        if likeness >= 38 { return likeness }
        // As stored, since a pixel of the last column or row may only be a part.
        let stored = try ImagingPixels(jpeg: preview)
        let mean = try ImagingPixels(jpeg: rendition).reduced(width: stored.width, height: stored.height, step: 2)
        return max(likeness, stored.psnr(against: mean))
    }

    @Test("a preview looks like the rendition in small", arguments: Case.all)
    func agrees(_ entry: Case) throws {
        for (index, main) in Self.mains.enumerated() {
            let likeness = try Self.likeness(main, Edit.recipe(try entry.make()), quality: 100)
            #expect(likeness >= 38, "photo \(index + 1): \(likeness) dB")
        }
    }

    @Test("at the usual quality of reduced copies, what differs is what JPEG loses in them", arguments: Case.all)
    func agreesAtUsualQuality(_ entry: Case) throws {
        let main = try #require(Self.mains.first)
        func copy(_ quality: Int) throws -> ImagingPixels {
            try Edit.seen(Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 480, quality: quality))
        }
        // Preview and reduced copy were quantised apart from one another, which alone costs 3 dB.
        let floor = try copy(85).psnr(against: copy(100)) - 4
        let likeness = try Self.likeness(main, Edit.recipe(try entry.make()), quality: 85)
        #expect(likeness >= min(38, floor), "\(likeness) dB, where JPEG leaves \(floor)")
    }

    @Test("a preview is marked as a reduced copy and as a preview, a rendition as neither")
    func marks() throws {
        let main = try TestJPEG.photo()
        let copy = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 320, quality: 85)
        for look in [try Edit.look([.exposure: "1"]), try Edit.look(turns: 1), .neutral] {
            let recipe = Edit.recipe(look)
            let preview = ImageInspector.facts(of: try Renderer().preview(of: copy, recipe: recipe))
            #expect(
                preview.marker
                    == ReducedMarker(image: TestJPEG.image, edge: 320, quality: 85, preview: recipe.id))
            #expect(preview.rendition == nil)
            let rendition = try Renderer().render(main: main, recipe: recipe)
            let facts = ImageInspector.facts(of: rendition)
            #expect(facts.marker == nil)
            #expect(facts.rendition == RenditionMarker(source: TestJPEG.image, recipe: recipe.id))
            #expect(facts.captured == 1_779_042_600)
            #expect(
                try ImagingTool.exif(
                    ["XMP-mainstay:Source", "XMP-mainstay:Recipe", "XMP-mainstay:Tool"], of: rendition)
                    == [TestJPEG.image.description, recipe.id.description, "Mainstay"])
            // What was made of it is a reduced copy like any other.
            let again = try Reducer().reduce(main: rendition.span, image: TestJPEG.image, edge: 320, quality: 85)
            #expect(ImageInspector.facts(of: again).marker?.preview == nil)
            #expect(ImageInspector.facts(of: again).rendition == nil)
        }
    }
}

@Suite("XMP of renditions")
struct EditXMPTests {
    private static func packet(_ content: String) -> [UInt8] {
        XMPProperties.signature
            + Array(
                """
                <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
                xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\(content)</rdf:RDF></x:xmpmeta>
                """.utf8)
    }

    private static func edited(_ content: String, times: Int = 1) throws -> [UInt8] {
        let segment = JPEGMarker.segment(JPEGMarker.app1, packet(content))
        var file = TestJPEG.inserting(segment, in: try TestJPEG.photo(width: 64, height: 48))
        for _ in 0..<times { file = try Edit.rendition(of: file, Edit.look([.exposure: "0.1"])) }
        return file
    }

    private static let rated =
        "<rdf:Description rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='4'/>"

    @Test("a main's rating stays, and an edit of an edit tells of the last one only", arguments: [1, 3])
    func rating(_ times: Int) throws {
        let file = try Self.edited(Self.rated, times: times)
        #expect(
            try ImagingTool.exif(["XMP-xmp:Rating", "XMP-mainstay:Source"], of: file)
                == ["4", TestJPEG.image.description])
        let layout = JPEGLayout(file.span)
        let xmp = layout.xmp(of: file.span) ?? []
        let text = String(decoding: xmp, as: UTF8.self)
        #expect(text.components(separatedBy: "mainstay:Source").count == 2)
        #expect(ImageInspector.facts(of: file).rendition != nil)
    }

    @Test(
        "what would tell of other bytes, or pass for a reduced copy, does not stay",
        arguments: [
            "<rdf:Description xmlns:n='https://mainstay.invalid/ns/1.0/' n:Image='\(TestJPEG.image)'/>",
            "<dc:title>mainstay:Image=\"\(TestJPEG.image)\"</dc:title>", "mainstay:Source='\(ImageID(of: [7]))'",
            "<rdf:Description xmpNote:HasExtendedXMP='AB'/>", "<rdf:Description GCamera:MotionPhoto='1'/>",
            "<rdf:Description tiff:Orientation='6'/>", String(repeating: " ", count: 65_000),
        ])
    func strange(_ content: String) throws {
        let file = try Self.edited(Self.rated + content)
        let facts = ImageInspector.facts(of: file)
        #expect(facts.rendition?.source == TestJPEG.image)
        #expect(facts.marker == nil)
        #expect(try ImagingTool.exif(["XMP-xmp:Rating"], of: file) == ["-"])
    }

    @Test("costs little, however often an earlier rendition seems to speak in it")
    func often() {
        func time(_ original: [UInt8]) -> Duration {
            ContinuousClock().measure {
                for _ in 0..<10 { _ = XMPPacket.payload([(name: "Tool", value: "Mainstay")], in: original) }
            }
        }
        let own = Array("<rdf:Description rdf:about=\"\" xmlns:mainstay=\"/>".utf8)
        let often = [UInt8](repeating: UInt8(ascii: "<"), count: 30_000) + (0..<700).flatMap { _ in own }
        let never = [UInt8](repeating: UInt8(ascii: "<"), count: often.count)
        // About the same; where each search begins at the front, a hundred times as long.
        #expect(time(often) < time(never) * 20)
    }
}
