import Testing

@testable import Imaging

@Suite("HEIF files that lie")
struct HEIFRefusalTests {
    private static func refusal(_ file: [UInt8]) -> ImagingError? {
        do throws(ImagingError) {
            _ = try HEIFPicture(file.span)
            return nil
        } catch { return error }
    }

    private static func single(_ change: (inout TestHEIF) -> Void) -> [UInt8] {
        var heif = TestHEIF.single()
        change(&heif)
        return heif.file()
    }

    private static func grid(_ change: (inout TestHEIF) -> Void) -> [UInt8] {
        var heif = TestHEIF.grid()
        change(&heif)
        return heif.file()
    }

    @Test(
        "are refused in one sentence",
        arguments: [
            (single { $0.shift = 1 }, .endsEarly), (single { $0.shift = 1 << 31 }, .endsEarly),
            (Array(single { _ in }.dropLast()), .endsEarly), (Array(single { _ in }.prefix(100)), .endsEarly),
            (single { $0.primary = 7 }, .damaged), (single { $0.properties[0] = [] }, .damaged),
            (single { $0.properties[1] = TestHEIF.size(0, 48) }, .damaged),
            (single { $0.properties[1] = TestHEIF.size(1 << 31, 48) }, .damaged),
            (single { $0.items[0].content = [] }, .damaged), (single { $0.items[0].type = "iovl" }, .unsupported),
            (single { $0.items[0].type = "unci" }, .unsupported),
            (single { $0.properties[0] = TestBoxes.box("hvcC", [UInt8](repeating: 0, count: 65_536)) }, .damaged),
            (grid { $0.references[0].to.removeLast() }, .damaged), (grid { $0.references[0].to[3] = 100 }, .damaged),
            (grid { $0.references[0].to[3] = 99 }, .damaged), (grid { $0.items[6].content.removeLast() }, .damaged),
            (grid { $0.items[6].content[4] = 255 }, .damaged),
            (
                grid {
                    $0.properties.append(TestHEIF.size(512, 256))
                    $0.items[4].properties[1] = 4
                }, .unsupported
            ),
            ([], .damaged), (TestBoxes.box("ftyp", Array("heic".utf8)), .damaged),
            (TestBoxes.box("ftyp", Array("msf1".utf8)) + TestBoxes.box("moov", []), .unsupported),
        ] as [([UInt8], ImagingError.Code)])
    func refusals(_ file: [UInt8], _ code: ImagingError.Code) {
        let refusal = Self.refusal(file)
        #expect(refusal?.code == code)
        #expect(refusal?.message.filter { $0 == "." }.count == 1)
    }

    @Test("cannot make one read more items, extents or references than there are limits for")
    func limits() {
        func meta(_ boxes: [UInt8]) -> [UInt8] { TestBoxes.full("meta", boxes) }
        let many = TestBoxes.big(10_001, 4)
        #expect(Self.refusal(meta(TestBoxes.full("iinf", version: 1, many)))?.code == .overLimit)
        #expect(Self.refusal(meta(TestBoxes.full("iloc", version: 2, [0x44, 0] + many)))?.code == .overLimit)
        let item = [0, 1, 0, 0, 255, 255] + [UInt8](repeating: 0, count: 8 * 65_535)
        let extents = TestBoxes.full("iloc", [0x44, 0, 0, 2] + item + item)
        #expect(Self.refusal(meta(extents))?.code == .overLimit)
        let reference = TestBoxes.box("dimg", [0, 1, 255, 255] + [UInt8](repeating: 0, count: 2 * 65_535))
        #expect(Self.refusal(meta(TestBoxes.full("iref", reference + reference)))?.code == .overLimit)
        // A length of 0 is all of the file: as many extents would be read as many times.
        let whole = TestBoxes.full("iloc", version: 1, [0x44, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 2] + TestBoxes.big(0, 16))
        let infos = TestBoxes.full("infe", version: 2, [0, 1, 0, 0] + Array("hvc1".utf8) + [0])
        let properties =
            TestBoxes.box("ipco", TestHEIF.hevc + TestHEIF.size(4, 4))
            + TestBoxes.full("ipma", [0, 0, 0, 1, 0, 1, 2, 1, 2])
        let repeated = meta(
            TestBoxes.full("pitm", [0, 1]) + TestBoxes.full("iinf", [0, 1] + infos) + whole
                + TestBoxes.box("iprp", properties))
        #expect(Self.refusal(repeated)?.message.contains("several times") == true)
    }

    @Test("cost nothing where boxes are nested ten thousand deep")
    func nested() {
        var box: [UInt8] = []
        for _ in 0..<10_000 { box = TestBoxes.big(box.count + 8, 4) + Array("meta".utf8) + box }
        #expect(Self.refusal(box)?.code == .damaged)
        var heif = TestHEIF.single()
        heif.others = box
        #expect(Self.refusal(heif.file()) == nil)
    }

    @Test("are read or refused, whatever single bytes are changed, and never point outside")
    func mutations() {
        var heif = TestHEIF.grid()
        heif.items.append(TestHEIF.Item(id: 101, type: "Exif", content: [0, 0, 0, 0, 0x49, 0x49, 42, 0, 8, 0, 0, 0]))
        let original = heif.file()
        for place in original.indices {
            for value: UInt8 in [0, 1, 0x7F, 0xFF, original[place] ^ 1, original[place] &+ 1] {
                var file = original
                file[place] = value
                guard let picture = try? HEIFPicture(file.span) else { continue }
                #expect(picture.tiles.count == picture.columns * picture.rows)
                #expect(picture.tiles.allSatisfy { $0.parts.allSatisfy { $0.upperBound <= file.count } })
                let crop = picture.crop ?? HEIFPicture.Crop(x: 0, y: 0, width: 1, height: 1)
                #expect(crop.x + crop.width <= picture.width && crop.y + crop.height <= picture.height)
            }
        }
    }
}
