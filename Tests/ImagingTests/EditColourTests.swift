import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("Colours of renditions")
struct EditColourTests {
    struct Space: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var curve: TransferCurve
    }

    private static let spaces = [
        Space(testDescription: "sRGB", curve: .sRGB), Space(testDescription: "Adobe RGB", curve: .gamma(563 / 256)),
        Space(testDescription: "linear", curve: .gamma(1)), Space(testDescription: "gamma 1.8", curve: .gamma(1.8)),
        Space(
            testDescription: "a table",
            curve: .table((0..<1024).map { TransferCurve.sRGB.light(Double($0) / 1023) })),
    ]

    @Test("a look that does nothing leaves every value as it is, wherever it stands", arguments: spaces)
    func identity(_ space: Space) throws {
        let curves = [space.curve, space.curve, space.curve]
        let development = Development(
            .neutral, space: ColourSpace(curves: curves, toXYZ: ColourSpace.sRGB.toXYZ), isGrey: false, longEdge: 6000)
        let source = RenderSource(width: 256, height: 61, orientation: .upright)
        var developer = BandDeveloper(development, RenderGeometry(.neutral, of: source), source)
        let row = (0...255).flatMap { [UInt8($0), UInt8(255 - $0), UInt8($0 ^ 0x55)] }
        let pixels = (0..<61).flatMap { _ in row }
        var result = [UInt8](repeating: 1, count: pixels.count)
        pixels.withUnsafeBufferPointer { pixels in
            result.withUnsafeMutableBufferPointer { result in
                guard let from = pixels.baseAddress, let to = result.baseAddress else { return }
                developer.develop(
                    0..<61, from: BandDeveloper.Ring(base: from, stride: 768, rows: 61), into: to, stride: 768)
            }
        }
        #expect(result == pixels)
    }

    @Test("a stop more light is twice the light", arguments: ["1", "-1", "0.5", "2"])
    func exposure(_ stops: String) throws {
        let before = Edit.columns(of: try ImagingPixels(jpeg: Edit.ramp()))
        let edited = try Edit.rendition(of: Edit.ramp(), Edit.look([.exposure: stops]))
        let after = Edit.columns(of: try ImagingPixels(jpeg: edited))
        let gain = ExactMath.power(2, Double(stops) ?? 0)
        for (from, to) in zip(before, after) {
            let wanted = min(1, gain * TransferCurve.sRGB.light(from / 255))
            let value = ToneCurve.lightness(wanted) * 255
            #expect(abs(value - to) < 0.75, "\(from) became \(to) instead of \(value)")
        }
    }

    @Test("white balance leaves grey's lightness, and tints it the way it says")
    func whiteBalance() throws {
        let grey = try Edit.flat([128, 128, 128])
        func mean(_ amounts: [Adjustment: String]) throws -> [Double] {
            Edit.mean(of: try ImagingPixels(jpeg: Edit.rendition(of: grey, Edit.look(amounts))))
        }
        let warm = try mean([.temperature: "50"])
        #expect(warm[0] > 133 && warm[2] < 120)
        let cool = try mean([.temperature: "-50"])
        #expect(cool[0] < 123 && cool[2] > 135)
        let magenta = try mean([.tint: "50"])
        #expect(magenta[1] < 126 && magenta[0] > 128 && magenta[2] > 128)
        let green = try mean([.tint: "-50"])
        #expect(green[1] > 130 && green[0] < 128 && green[2] < 128)
        for colour in [warm, cool, magenta, green] {
            let light = zip(colour, ColourSpace.sRGB.luminance).reduce(0) {
                $0 + TransferCurve.sRGB.light($1.0 / 255) * $1.1
            }
            #expect(abs(light - TransferCurve.sRGB.light(128 / 255)) < 0.004)
        }
    }

    @Test("saturation and black and white leave lightness as it is")
    func saturation() throws {
        let red = try Edit.flat([160, 80, 60])
        func mean(_ look: Look) throws -> [Double] {
            Edit.mean(of: try ImagingPixels(jpeg: Edit.rendition(of: red, look)))
        }
        let grey = try mean(Edit.look(isBlackAndWhite: true))
        #expect(grey.allSatisfy { abs($0 - grey[0]) < 0.01 })
        #expect(try zip(grey, mean(Edit.look([.saturation: "-100"]))).allSatisfy { abs($0 - $1) < 0.01 })
        let strong = try mean(Edit.look([.saturation: "50"]))
        #expect(strong[0] > 170 && strong[2] < 40)
        for colour in [grey, strong] {
            let light = zip(zip(colour, [160.0, 80, 60]), ColourSpace.sRGB.luminance).reduce(0.0) { sum, entry in
                let (now, before) = (entry.0.0 / 255, entry.0.1 / 255)
                return sum + (TransferCurve.sRGB.light(now) - TransferCurve.sRGB.light(before)) * entry.1
            }
            #expect(abs(light) < 0.006)
        }
    }

    @Test(
        "tone curves keep black and white, and rise",
        arguments: [(100, 0, 0), (-100, 0, 0), (0, 100, 0), (0, -100, 0), (0, 0, 100), (0, 0, -100), (60, -80, 70)])
    func tone(_ contrast: Int, _ highlights: Int, _ shadows: Int) throws {
        let tone = ToneCurve(
            contrast: Double(contrast) / 100, highlights: Double(highlights) / 100, shadows: Double(shadows) / 100)
        let values = (0...1500).map { tone.applied(to: Double($0) / 1000) }
        #expect(values[0] == 0 && abs(values[1000] - 1) < 1e-9)
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 < $1 })
        let look = try Edit.look([
            .contrast: "\(contrast)", .highlights: "\(highlights)", .shadows: "\(shadows)",
        ])
        let before = Edit.columns(of: try ImagingPixels(jpeg: Edit.ramp()))
        let after = Edit.columns(of: try ImagingPixels(jpeg: Edit.rendition(of: Edit.ramp(), look)))
        for (from, to) in zip(before, after) {
            #expect(abs(tone.applied(to: from / 255) * 255 - to) < 0.75)
        }
    }

    @Test("sharpening raises edges and leaves what is even, at any size", arguments: [200, 3000, 9000])
    func sharpening(_ edge: Int) throws {
        let filter = SharpenFilter(longEdge: Double(edge), amount: 1)
        let sum = filter.taps[0] + 2 * filter.taps.dropFirst().reduce(0, +)
        #expect(abs(sum - 1) < 1e-5)
        #expect(filter.taps[0] < 1 && filter.taps[0] >= filter.taps.dropFirst().max() ?? 1)
        let flat = try Edit.flat([90, 120, 200])
        let even = try ImagingPixels(jpeg: Edit.rendition(of: flat, Edit.look([.sharpen: "100"])))
        #expect(Edit.mean(of: even).elementsEqual(Edit.mean(of: try ImagingPixels(jpeg: flat))) { abs($0 - $1) < 0.6 })
    }

    @Test("edges become steeper by sharpening")
    func edges() throws {
        let row = [UInt8](repeating: 100, count: 2004) + [UInt8](repeating: 150, count: 1996)
        let step = try Edit.jpeg(
            ImagingPixels(width: 4000, height: 16, channels: 1, bytes: (0..<16).flatMap { _ in row }), "-quality",
            "100")
        let after = try ImagingPixels(jpeg: Edit.rendition(of: step, Edit.look([.sharpen: "100"])))
        #expect(after.bytes[8 * 4000 + 2003] < 92)
        #expect(after.bytes[8 * 4000 + 2004] > 158)
        #expect(abs(Int(after.bytes[8 * 4000 + 1000]) - 100) <= 1)
    }

    @Test("auto finds a picture that is too dark and too blue, and what it finds is in range")
    func auto() throws {
        let photo = try Edit.rendition(of: TestJPEG.photo(), Edit.look(isBlackAndWhite: true))
        let good = try AutoLevels.look(of: photo)
        #expect(abs(good[.temperature].thousandths) <= 1000 && abs(good[.tint].thousandths) <= 1000)
        let spoilt = try Edit.rendition(of: photo, Edit.look([.exposure: "-1.2", .temperature: "-40"]))
        let look = try AutoLevels.look(of: spoilt, keeping: Edit.look(turns: 1, [.sharpen: "10"]))
        #expect(look.turns == 1 && look[.sharpen] == Amount("10"))
        #expect(look[.exposure] > good[.exposure])
        // Six tenths of the way.
        #expect((18_000...30_000).contains(look[.temperature].thousandths))
        #expect(try AutoLevels.look(of: spoilt, keeping: look) == look)
    }
}
