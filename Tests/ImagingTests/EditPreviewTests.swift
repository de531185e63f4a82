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
                    turns: 1, crop: Crop(ratio: (1, 1), of: PixelSize(width: 1067, height: 1600)), [.exposure: "0.2"])
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
        try? SamplePhoto(seed: seed, width: 1600, height: 1067).jpeg(quality: 93, orientation: seed == 2 ? 6 : 1)
    }

    @Test("a preview looks like the reduced copy of the rendition", arguments: Case.all)
    func agrees(_ entry: Case) throws {
        for (index, main) in Self.mains.enumerated() {
            let recipe = Edit.recipe(try entry.make())
            let copy = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 800, quality: 85)
            let mainSize = try #require(ImageInspector.facts(of: main).size)
            let preview = try Renderer().preview(of: copy, recipe: recipe, mainSize: mainSize)
            let rendition = try Renderer().render(main: main, recipe: recipe)

            let size = try #require(ImageInspector.facts(of: preview).size)
            let edge = size.longEdge
            let reduced = try Reducer().reduce(main: rendition.span, image: TestJPEG.image, edge: edge, quality: 85)
            var (seen, wanted) = (try Edit.seen(preview), try Edit.seen(reduced))
            // A crop's reduced copy may be of another scale; then the preview is compared with the rendition itself.
            if wanted.width != seen.width || wanted.height != seen.height {
                let full = try Edit.seen(rendition)
                wanted = full.reduced(
                    width: seen.width, height: seen.height, step: Double(full.width) / Double(seen.width))
            }
            if seen.channels == 1 { seen.channels = wanted.channels }
            let likeness = seen.psnr(against: wanted)
            #expect(likeness >= 38, "photo \(index + 1): \(likeness) dB at \(size)")
        }
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
