import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Renditions without loss")
struct EditLosslessTests {
    /// A JPEG's coefficients as a file without metadata: equal files have equal coefficients.
    private static func coefficients(_ jpeg: [UInt8], _ arguments: String...) throws -> [UInt8] {
        try ImagingTool.run("jpegtran", ["-copy", "none", "-optimize"] + arguments, input: jpeg)
    }

    private static func rendition(_ main: [UInt8], _ look: Look) throws -> (file: [UInt8], facts: Rendition) {
        let pieces = Pieces()
        let facts = try Renderer().render(main: main, recipe: Edit.recipe(look)) { pieces.add($0) }
        return (pieces.all, facts)
    }

    @Test(
        "turned and mirrored pixels are the main's own, and undoing it gives the main's coefficients",
        arguments: ChromaSubsampling.allCases, [(1, false), (2, false), (3, false), (0, true), (1, true), (3, true)])
    func undone(_ subsampling: ChromaSubsampling, _ turn: (Int, Bool)) throws {
        let main = try TestJPEG.photo(width: 640, height: 480, subsampling: subsampling)
        let (turned, facts) = try Self.rendition(main, Edit.look(turns: turn.0, isMirrored: turn.1))
        #expect(facts.isLossless)
        #expect(facts.bytes == Int64(turned.count))
        // 4:1:1 on its side is a sampling without a name: it stays as it is stored, and says how it is to be seen.
        let isStored = subsampling == .s411 && turn.0 % 2 == 1
        #expect((ImageInspector.facts(of: turned).orientation == 1) != isStored)
        #expect(ImageInspector.facts(of: turned).size == facts.size)
        #expect(facts.size.width == (turn.0 % 2 == 0 ? 640 : 480))
        // A mirror undoes itself together with the turn before it.
        let (back, again) = try Self.rendition(turned, Edit.look(turns: turn.1 ? turn.0 : -turn.0, isMirrored: turn.1))
        #expect(again.isLossless)
        #expect(try Self.coefficients(back) == Self.coefficients(main))
        #expect(try (Self.coefficients(turned) == Self.coefficients(main)) == isStored)
    }

    @Test("pixels of every orientation come out as they are to be seen", arguments: 1...8, 0..<4)
    func orientations(_ exif: Int, _ turns: Int) throws {
        for (width, height) in [(64, 48), (61, 43)] {
            for isMirrored in [false, true] {
                let main = try TestJPEG.photo(width: width, height: height, orientation: exif)
                let (file, facts) = try Self.rendition(main, Edit.look(turns: turns, isMirrored: isMirrored))
                #expect(facts.isLossless)
                var wanted = try Edit.seen(main)
                for _ in 0..<turns { wanted = Edit.moved(wanted, .turnedOnce) }
                if isMirrored { wanted = Edit.moved(wanted, .mirrored) }
                let seen = try Edit.seen(file)
                #expect(seen.width == facts.size.width && seen.height == facts.size.height)
                // Chroma is interpolated in another order of rows; the coefficients are the same.
                #expect(seen.psnr(against: wanted) > 45)
                // The whole blocks of the first were turned, the others are as they were stored.
                let isTurned = width == 64 && (turns != 0 || isMirrored)
                #expect(ImageInspector.facts(of: file).orientation == 1 || !isTurned)
            }
        }
    }

    @Test("a crop between blocks keeps the main's coefficients, also when turned")
    func alignedCrop() throws {
        let main = try TestJPEG.photo()
        let size = PixelSize(width: 640, height: 480)
        let crop = try Crop(left: 32, top: 48, width: 333, height: 222, of: size)
        let (file, facts) = try Self.rendition(main, Edit.look(crop: crop))
        #expect(facts.isLossless && facts.size == PixelSize(width: 333, height: 222))
        #expect(try Self.coefficients(file) == Self.coefficients(main, "-crop", "333x222+32+48"))

        let turned = try Crop(left: 32, top: 48, width: 160, height: 320, of: PixelSize(width: 480, height: 640))
        let (second, secondFacts) = try Self.rendition(main, Edit.look(turns: 1, crop: turned))
        #expect(secondFacts.isLossless && secondFacts.size == PixelSize(width: 160, height: 320))
        let steps = try ImagingTool.run("jpegtran", ["-copy", "none", "-rotate", "90"], input: main)
        #expect(try Self.coefficients(second) == Self.coefficients(steps, "-crop", "160x320+32+48"))
    }

    @Test("a crop elsewhere has exactly its pixels, at the price of encoding them again")
    func otherCrop() throws {
        for exif in 1...8 {
            let main = try TestJPEG.photo(width: 203, height: 151, quality: 98, subsampling: .s444, orientation: exif)
            let seen = try Edit.seen(main)
            let size = PixelSize(width: seen.width, height: seen.height)
            let crop = try Crop(left: 33, top: 17, width: 101, height: 77, of: size)
            let (file, facts) = try Self.rendition(main, Edit.look(crop: crop))
            #expect(!facts.isLossless && facts.size == PixelSize(width: 101, height: 77))
            let wanted = Edit.part(seen, x: 33..<134, y: 17..<94)
            #expect(try Edit.seen(file).psnr(against: wanted) > 44)
        }
    }

    @Test("a look that changes nothing gives the main's picture byte for byte", arguments: JPEGKind.all)
    func neutral(_ kind: JPEGKind) throws {
        let main = try kind.make()
        let (file, facts) = try Self.rendition(main, .neutral)
        #expect(facts.isLossless)
        func picture(_ file: [UInt8]) -> ArraySlice<UInt8> { file[JPEGLayout(file.span).scanStart...] }
        #expect(picture(file) == picture(main))
        #expect(ImageInspector.facts(of: file).captured == ImageInspector.facts(of: main).captured)
    }
}
