import Foundation
import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Renditions of every kind of JPEG")
struct EditKindsTests {
    @Test("keeps sampling, quality, EXIF and the pixels", arguments: JPEGKind.all)
    func kinds(_ kind: JPEGKind) throws {
        let main = try kind.make()
        let frame = try #require(JPEGLayout(main.span).frame)
        // So little that only the way there and back shows.
        let file = try Edit.rendition(of: main, Edit.look([.exposure: "0.001"]))
        let layout = JPEGLayout(file.span)
        let made = try #require(layout.frame)
        #expect(layout.end == file.count)
        #expect(made.width == frame.width && made.height == frame.height)
        if frame.components.count == 3, kind.testDescription != "RGB" {
            #expect(made.components == frame.components)
        }
        #expect(made.components.count == (frame.components.count == 1 ? 1 : 3))
        #expect(ImageInspector.facts(of: file).captured == ImageInspector.facts(of: main).captured)
        let isInk = kind.testDescription.hasPrefix("YCCK")
        let before = try kind.pixels(of: main)
        let after = try ImagingPixels(jpeg: file)
        #expect(after.psnr(against: before) > (isInk ? 32 : 38), "\(after.psnr(against: before)) dB")
    }

    @Test("is never quantised coarser than the main", arguments: [40, 90, 97, 100])
    func quality(_ quality: Int) throws {
        let main = try TestJPEG.photo(quality: quality)
        let file = try Edit.rendition(of: main, Edit.look([.contrast: "5"]))
        func steps(_ jpeg: [UInt8]) throws -> [[UInt8]] {
            // Baseline tables of one byte a step, in segments of one table each.
            BearJPEG.segments(of: jpeg).filter { $0.code == 0xDB }.map { Array(jpeg[$0.range].dropFirst(5)) }
        }
        let (before, after) = (try steps(main), try steps(file))
        #expect(before.count == 2 && after.count == 2)
        for (was, isNow) in zip(before, after) {
            #expect(zip(was, isNow).allSatisfy { $0 >= $1 })
            if quality >= 90 { #expect(was == isNow) }
        }
    }

    @Test("gives the same bytes with any number of threads")
    func deterministic() throws {
        let main = try TestJPEG.photo(width: 900, height: 700)
        for amounts in [
            [.exposure: "0.5", .sharpen: "50"], [.straighten: "7", .temperature: "20"], [.contrast: "30"],
        ] as [[Adjustment: String]] {
            let look = try Edit.look(amounts)
            let alone = try Edit.rendition(of: main, look, threads: 1)
            for threads in [2, 3, 8] {
                #expect(try Edit.rendition(of: main, look, threads: threads) == alone)
            }
        }
    }

    @Test("keeps the profile, and computes by its curve")
    func profile() throws {
        let profile = EditProfile.linear
        let segments = JPEGMarker.segment(JPEGMarker.app2, Array("ICC_PROFILE\0".utf8) + [1, 1] + profile)
        let main = TestJPEG.inserting(segments, in: try Edit.flat([60, 60, 60]))
        let file = try Edit.rendition(of: main, Edit.look([.exposure: "1"]))
        let layout = JPEGLayout(file.span)
        #expect(ICCProfile(file.span, chunks: layout.profileChunks, limit: 1000)?.bytes == profile)
        #expect(Edit.mean(of: try ImagingPixels(jpeg: file)).allSatisfy { abs($0 - 120) < 1.01 })
        // The same pixels as sRGB.
        let plain = try Edit.rendition(of: Edit.flat([60, 60, 60]), Edit.look([.exposure: "1"]))
        #expect(Edit.mean(of: try ImagingPixels(jpeg: plain)).allSatisfy { abs($0 - 84) < 2 })
    }

    @Test(
        "a profile that makes no sense is kept and taken for sRGB", arguments: [8, 130, 140, 150, 200, 240, 300, 340])
    func brokenProfile(_ offset: Int) throws {
        var profile = EditProfile.linear
        guard offset < profile.count else { return }
        for place in offset..<min(profile.count, offset + 12) { profile[place] = 0xFF }
        let segments = JPEGMarker.segment(JPEGMarker.app2, Array("ICC_PROFILE\0".utf8) + [1, 1] + profile)
        let file = try Edit.rendition(
            of: TestJPEG.inserting(segments, in: TestJPEG.photo()), Edit.look([.exposure: "1"]))
        #expect(try ImagingPixels(jpeg: file).width == 640)
    }

    @Test("what cannot be edited is refused with a sentence")
    func refusals() throws {
        func fault(_ main: [UInt8]) -> ImagingError? {
            do {
                _ = try Edit.rendition(of: main, Edit.look([.exposure: "1"]))
                return nil
            } catch { return error as? ImagingError }
        }
        #expect(fault([])?.code == .notAnImage)
        #expect(fault(Array("not a picture at all, whatever it is called".utf8))?.code == .notAnImage)
        #expect(
            fault([0, 0, 0, 24] + Array("ftypqt  ".utf8) + [UInt8](repeating: 0, count: 32))?.code
                == .notEditableYet(.mov))
        let photo = try TestJPEG.photo()
        #expect(fault(Array(photo[..<JPEGLayout(photo.span).dataStart]))?.code == .endsEarly)
        #expect(fault(try TestJPEG.claiming(width: 65_000, height: 65_000, dataBytes: 100))?.code == .overLimit)
        #expect(fault(try TestJPEG.manyScans(300))?.code == .overLimit)
    }

    @Test("a main whose end is missing is edited as far as it goes, and gives a whole file")
    func cut() throws {
        let photo = try TestJPEG.photo()
        for main in [Array(photo[..<(photo.count / 2)]), Array(photo.dropLast(2)) + [0, 1, 2]] {
            for look in [try Edit.look([.exposure: "1"]), try Edit.look(turns: 1), try Edit.look([.straighten: "9"])] {
                let rendition = try Edit.rendition(of: main, look)
                #expect(JPEGLayout(rendition.span).end == rendition.count)
                #expect(ImageInspector.facts(of: rendition).size != nil)
            }
        }
    }

    @Test("a damaged main gives a rendition or a sentence, never a crash", arguments: 0..<40 as Range<UInt64>)
    func damaged(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var main = try TestJPEG.photo(width: 160, height: 120, orientation: Int(seed % 8) + 1)
        for _ in 0..<8 {
            main[Int.random(in: 2..<main.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        for look in [try Edit.look([.exposure: "1"]), try Edit.look(turns: 1), try Edit.look([.straighten: "9"])] {
            do {
                _ = try Edit.rendition(of: main, look)
            } catch let error as ImagingError {
                #expect(error.message.hasSuffix("."))
            }
        }
    }
}
