import Testing

@testable import Imaging

@Suite("The picture that a HEIF file shows")
struct HEIFPictureTests {
    private static func picture(_ heif: TestHEIF) throws -> HEIFPicture { try HEIFPicture(heif.file().span) }

    private static func bytes(_ tile: HEIFPicture.Tile, of file: [UInt8]) -> [UInt8] { tile.parts.flatMap { file[$0] } }

    @Test("is one coded picture, in one piece or in several", arguments: [1, 2, 3])
    func single(_ extents: Int) throws {
        var heif = TestHEIF.single()
        heif.items[0].extents = extents
        let file = heif.file()
        let picture = try HEIFPicture(file.span)
        #expect(picture.coding == .hevc)
        #expect((picture.width, picture.height) == (64, 48))
        #expect((picture.columns, picture.rows) == (1, 1))
        #expect((picture.bitDepth, picture.orientation) == (10, 1))
        #expect(picture.configuration == Array(TestHEIF.hevc.dropFirst(8)))
        #expect(picture.crop == nil && picture.alpha == nil && picture.colours.isEmpty)
        #expect(picture.tiles.count == 1 && picture.tiles[0].parts.count == extents)
        #expect(Self.bytes(picture.tiles[0], of: file) == [1, 2, 3, 4, 5, 6])
    }

    @Test("is a grid of tiles, whose last ones reach beyond it")
    func grid() throws {
        let file = TestHEIF.grid().file()
        let picture = try HEIFPicture(file.span)
        #expect((picture.width, picture.height) == (1_400, 1_000))
        #expect((picture.columns, picture.rows) == (3, 2))
        #expect((picture.tileWidth, picture.tileHeight) == (512, 512))
        #expect(picture.tiles.map { Self.bytes($0, of: file) } == (1...6).map { [9, UInt8($0)] })
    }

    @Test("of an iPhone with iOS 18 is the one for usual screens, whatever gain maps and groups stand beside it")
    func toneMap() throws {
        var heif = TestHEIF.grid()
        heif.items.append(TestHEIF.Item(id: 101, type: "tmap", content: [1], isInline: true, properties: [3]))
        for id in 102..<140 {
            heif.items.append(TestHEIF.Item(id: id, type: "hvc1", content: [7], properties: [1, 2, 4]))
            heif.references.append(("auxl", id, [100]))
        }
        heif.properties.append(TestBoxes.full("auxC", Array("urn:com:apple:photo:2020:aux:hdrgainmap\0".utf8)))
        heif.references.append(("dimg", 101, [100, 102]))
        heif.others = TestBoxes.box(
            "grpl", TestBoxes.full("altr", [0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 101, 0, 0, 0, 100]))
        let picture = try Self.picture(heif)
        #expect((picture.width, picture.columns, picture.rows) == (1_400, 3, 2))
        #expect(picture.alpha == nil)
        // Where the tone map itself is shown first, its first picture is.
        heif.primary = 101
        #expect(try Self.picture(heif).width == 1_400)
    }

    @Test("of 48 megapixels has 192 tiles")
    func large() throws {
        var heif = TestHEIF.grid(tiles: 192)
        let plan = [0, 0, 11, 15] + TestBoxes.big(8_064, 2) + TestBoxes.big(6_048, 2)
        heif.items[192].id = 500
        heif.items[192].content = plan
        (heif.primary, heif.references[0].from) = (500, 500)
        let picture = try Self.picture(heif)
        #expect((picture.width, picture.height, picture.tiles.count) == (8_064, 6_048, 192))
    }

    @Test(
        "is turned as its properties say, one after the other",
        arguments: [
            ([("irot", 1)], 8), ([("irot", 2)], 3), ([("irot", 3)], 6), ([("irot", 0)], 1), ([("imir", 0)], 4),
            ([("imir", 1)], 2), ([("irot", 1), ("imir", 0)], 5), ([("irot", 1), ("imir", 1)], 7),
            ([("imir", 0), ("irot", 1)], 7), ([("imir", 1), ("irot", 3)], 7), ([("irot", 3), ("irot", 3)], 3),
        ] as [([(String, Int)], Int)])
    func turns(_ properties: [(String, Int)], _ expected: Int) throws {
        let heif = TestHEIF.single(properties.map { TestBoxes.box($0.0, [UInt8($0.1)]) })
        #expect(try Self.picture(heif).orientation == expected)
    }

    @Test("is turned by its boxes and not by its EXIF")
    func exif() throws {
        var writer = TIFFWriter(isLittleEndian: false)
        writer.main = [writer.short(TIFFTag.orientation, 6)]
        var heif = TestHEIF.single([TestBoxes.box("irot", [3])])
        let content = [0, 0, 0, 6] + Array("Exif\0\0".utf8) + writer.bytes()
        heif.items.append(TestHEIF.Item(id: 2, type: "Exif", content: content))
        heif.items.append(
            TestHEIF.Item(id: 3, type: "mime", content: Array("<x/>".utf8), contentType: "application/rdf+xml"))
        // That of another picture.
        let other = [0, 0, 0, 0] + TIFFWriter(isLittleEndian: true).bytes()
        heif.items.append(TestHEIF.Item(id: 4, type: "Exif", content: other))
        heif.references = [("cdsc", 2, [1]), ("cdsc", 3, [1]), ("cdsc", 4, [9])]
        let picture = try Self.picture(heif)
        #expect(picture.orientation == 6)
        #expect(picture.exif == writer.bytes())
        #expect(picture.xmp == Array("<x/>".utf8))
    }

    @Test(
        "is cut as it is seen: before it is turned, or after",
        arguments: [
            ([TestHEIF.crop(40, 30, 0, 0)], HEIFPicture.Crop(x: 12, y: 9, width: 40, height: 30)),
            ([TestHEIF.crop(40, 30, -4, 2)], HEIFPicture.Crop(x: 8, y: 11, width: 40, height: 30)),
            ([TestHEIF.crop(126, 60, -2, 0, over: 2)], HEIFPicture.Crop(x: 0, y: 9, width: 63, height: 30)),
            ([TestHEIF.crop(400, 300, 0, 0)], HEIFPicture.Crop(x: 0, y: 0, width: 64, height: 48)),
            // After a quarter turn against the clock what is seen is 48×64, and its right is the bottom of what is coded.
            (
                [TestBoxes.box("irot", [1]), TestHEIF.crop(20, 60, 10, 1)],
                HEIFPicture.Crop(x: 1, y: 24, width: 60, height: 20)
            ),
            (
                [TestHEIF.crop(40, 30, 0, 0), TestHEIF.crop(20, 10, 3, 3)],
                HEIFPicture.Crop(x: 25, y: 22, width: 20, height: 10)
            ),
            // No part at all, a fraction of nothing, a part beside the picture.
            ([TestHEIF.crop(0, 30, 0, 0)], nil), ([TestHEIF.crop(40, 30, 0, 0, over: 0)], nil),
            ([TestHEIF.crop(4, 4, 500, 0)], nil), ([TestHEIF.crop(-4, 4, 0, 0)], nil),
        ] as [([[UInt8]], HEIFPicture.Crop?)])
    func crops(_ properties: [[UInt8]], _ expected: HEIFPicture.Crop?) throws {
        #expect(try Self.picture(.single(properties)).crop == expected)
    }

    @Test("has a profile, numbers for its colours, or both")
    func colours() throws {
        let profile = TestBoxes.box("colr", Array("prof".utf8) + [5, 6, 7])
        let numbers = TestBoxes.box("colr", Array("nclx".utf8) + [0, 12, 0, 16, 0, 9, 0x80])
        let coded = HEIFPicture.Colour.coded(primaries: 12, transfer: 16, matrix: 9, isFullRange: true)
        #expect(try Self.picture(.single([profile])).colours == [.profile([5, 6, 7])])
        #expect(try Self.picture(.single([numbers, profile])).colours == [.profile([5, 6, 7]), coded])
        // Those of a tile count where the grid has none.
        var grid = TestHEIF.grid()
        grid.properties.append(numbers)
        for index in 0..<6 { grid.items[index].properties.append(4) }
        #expect(try Self.picture(grid).colours == [coded])
    }

    @Test("can have an alpha plane of its own size")
    func alpha() throws {
        var heif = TestHEIF.single()
        heif.properties += [
            TestHEIF.size(32, 24), TestBoxes.full("auxC", Array("urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0".utf8)),
        ]
        heif.items.append(TestHEIF.Item(id: 2, type: "hvc1", content: [8, 8], properties: [1, 3, 4]))
        heif.references = [("auxl", 2, [1]), ("prem", 1, [2])]
        let picture = try Self.picture(heif)
        #expect(picture.isPremultiplied)
        #expect(picture.alpha?.width == 32 && picture.alpha?.tiles.count == 1)
    }

    @Test("is found behind an identity, which turns it further")
    func identity() throws {
        var heif = TestHEIF.single([TestBoxes.box("irot", [3]), TestBoxes.box("imir", [1])])
        heif.items[0].properties = [1, 2, 3]
        heif.items.append(TestHEIF.Item(id: 2, type: "iden", content: [], isInline: true, properties: [4]))
        heif.references = [("dimg", 2, [1])]
        heif.primary = 2
        #expect(try Self.picture(heif).orientation == 5)
        // One that stands for itself.
        heif.references = [("dimg", 2, [2])]
        #expect(throws: ImagingError.self) { try Self.picture(heif) }
    }
}
