import Model
import TestSupport

@testable import Imaging

/// JPEGs put together by hand, from segments and from scans of one component each.
enum BearJPEG {
    /// Sides that are no whole number of blocks, nor of eighths.
    static let size = PixelSize(width: 173, height: 131)

    static func photo(_ subsampling: ChromaSubsampling = .s420) throws -> [UInt8] {
        try SamplePhoto(seed: 21, width: size.width, height: size.height)
            .jpeg(quality: 92, subsampling: subsampling, captured: 1_779_042_600)
    }

    /// The photo's pixels, red, green and blue.
    static func pixels() throws -> ImagingPixels { try ImagingPixels(jpeg: photo(.s444)) }

    /// Every sample of one channel of some pixels.
    static func plane(_ channel: Int, of pixels: ImagingPixels) -> [UInt8] {
        stride(from: channel, to: pixels.bytes.count, by: pixels.channels).map { pixels.bytes[$0] }
    }

    /// Four planes of inks, like the pixels: 255 is no ink.
    ///
    /// As much of the darkness as can be is in the black, so that all four planes count.
    static func inks(of pixels: ImagingPixels) -> [[UInt8]] {
        let lights = (0..<3).map { plane($0, of: pixels) }
        let black = lights[0].indices.map { index in max(1, lights.map { $0[index] }.max() ?? 1) }
        let colours = lights.map { light in light.indices.map { Self.share(light[$0], of: black[$0]) } }
        return colours + [black]
    }

    /// What the inks print.
    static func printed(_ pixels: ImagingPixels) -> ImagingPixels {
        let inks = inks(of: pixels)
        var result = pixels
        result.bytes = pixels.bytes.indices.prefix(pixels.width * pixels.height).flatMap { pixel in
            inks.map { $0[pixel] }
        }
        CMYKConversion.toRGB(&result.bytes)
        return result
    }

    /// How much of `whole` a part is, where 255 is all of it.
    private static func share(_ part: UInt8, of whole: UInt8) -> UInt8 {
        let (part, whole) = (Int(part), Int(whole))
        return UInt8((part * 255 + whole / 2) / whole)
    }

    /// A baseline JPEG of components that are equally fine, each in a scan of its own.
    ///
    /// - Parameters:
    ///   - ids: one for each plane; `RGB` in ASCII tells decoders that it is RGB.
    ///   - adobeTransform: of Adobe's marker: 0 for none, 1 for YCbCr, 2 for YCCK; nil for no marker.
    static func separated(
        _ planes: [[UInt8]], size: PixelSize = size, ids: [UInt8], adobeTransform: UInt8?
    ) throws -> [UInt8] {
        var file: [UInt8] = [0xFF, 0xD8]
        if let adobeTransform {
            file += JPEGMarker.segment(
                JPEGMarker.app14, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, adobeTransform])
        }
        for (index, plane) in planes.enumerated() {
            let picture = Picture(width: size.width, height: size.height, layout: .planes(.grey), samples: plane)
            // The same quality gives the same tables each time, so one set serves all.
            let grey = try TurboEncoder().jpeg(picture, quality: 92)
            for segment in segments(of: grey) where index == 0 && [0xDB, 0xC4].contains(segment.code) {
                file += grey[segment.range]
            }
            if index == 0 {
                let (width, height) = (size.width, size.height)
                var frame: [UInt8] = [
                    8, UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255),
                ]
                frame.append(UInt8(planes.count))
                for id in ids { frame += [id, 0x11, 0] }
                file += JPEGMarker.segment(0xC0, frame)
            }
            file += JPEGMarker.segment(JPEGMarker.startOfScan, [1, ids[index], 0, 0, 63, 0])
            file += grey[JPEGLayout(grey.span).dataStart..<grey.count - 2]
        }
        return file + [0xFF, 0xD9]
    }

    /// A segment's code, and where it stands with its marker and length.
    struct Segment {
        var code: UInt8
        var range: Range<Int>
    }

    /// The segments from the start marker to the first scan's header, that one included.
    static func segments(of jpeg: [UInt8]) -> [Segment] {
        var result: [Segment] = []
        var offset = 2
        while offset + 4 <= jpeg.count, jpeg[offset] == 0xFF, result.last?.code != JPEGMarker.startOfScan {
            let end = offset + 2 + Int(jpeg[offset + 2]) << 8 + Int(jpeg[offset + 3])
            guard end <= jpeg.count else { break }
            result.append(Segment(code: jpeg[offset + 1], range: offset..<end))
            offset = end
        }
        return result
    }

    /// An APP1 segment with EXIF.
    static func exif(_ writer: TIFFWriter) -> [UInt8] {
        JPEGMarker.segment(JPEGMarker.app1, Array("Exif\0\0".utf8) + writer.bytes())
    }
}
