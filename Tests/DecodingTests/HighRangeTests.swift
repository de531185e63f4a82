import Foundation
import TestSupport
import Testing

@Suite("Pictures for screens of high dynamic range")
struct HighRangeTests {
    /// Greys of a picture in PQ: candela per square metre, the sample of 10 bits for it (SMPTE ST 2084, limited range), and
    /// the sample of sRGB that is as bright where paper is 203 candela, drawn together as ITU-R BT.2390 does for a source of
    /// 1000. Computed by another program.
    private static let greys: [(light: Int, sample: Int, shown: Double)] = [
        (5, 281, 43.5), (20, 377, 88.4), (50, 450, 136), (80, 490, 168.5), (100, 509, 185.7), (203, 573, 229),
        (400, 636, 249.7), (1000, 723, 255), (4000, 855, 255),
    ]

    /// Stripes of these greys, 32 pixels wide each, as an AVIF.
    private static func picture() throws -> [UInt8] {
        let side = 32
        let row = greys.flatMap { grey in
            [[UInt8]](repeating: [UInt8(grey.sample & 255), UInt8(grey.sample >> 8)], count: side).flatMap { $0 }
        }
        let bright = (0..<side).flatMap { _ in row }
        // 512 is no colour.
        let colours = [[UInt8]](repeating: [0, 2], count: greys.count * side * side / 2).flatMap { $0 }
        let about = ["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"]
        return try Made.by(
            "ffmpeg",
            ["-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p10le", "-s", "\(greys.count * side)x\(side)"] + about
                + ["-i", "IN"] + about
                + ["-c:v", "libaom-av1", "-still-picture", "1", "-crf", "4", "-cpu-used", "6", "OUT"],
            from: bright + colours, "raw", to: "avif")
    }

    @Test("are as bright as their light says up to half of paper's, and drawn together above")
    func pq() throws {
        let copy = try Made.reduce(try Self.picture(), edge: 288)
        let pixels = try ImagingPixels(jpeg: copy)
        #expect(pixels.width == 288)
        for (number, grey) in Self.greys.enumerated() {
            let place = (pixels.height / 2 * pixels.width + number * 32 + 16) * 3
            for channel in 0..<3 {
                let shown = Double(pixels.bytes[place + channel])
                #expect(abs(shown - grey.shown) < 4, "\(grey.light) candela: \(shown), not \(grey.shown)")
            }
        }
    }
}
