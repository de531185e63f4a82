import CTurboJPEG
import Foundation
import Model
import TestSupport

@testable import Imaging

/// The JPEGs that the tests are about, made on the spot.
enum TestJPEG {
    static let image: ImageID = {
        guard let bytes = Bytes32((0..<32).map { UInt8($0) }) else { preconditionFailure("32 bytes are 32 bytes") }
        return ImageID(bytes)
    }()

    /// A photo that is small enough for many tests: 640 by 480 pixels.
    static func photo(
        seed: UInt64 = 7, width: Int = 640, height: Int = 480, quality: Int = 92,
        subsampling: ChromaSubsampling = .s420, captured: Int64? = 1_779_042_600, orientation: Int = 1
    ) throws -> [UInt8] {
        try SamplePhoto(seed: seed, width: width, height: height)
            .jpeg(quality: quality, subsampling: subsampling, captured: captured, orientation: orientation)
    }

    /// The photo put through jpegtran, which keeps its EXIF.
    static func transformed(_ arguments: String..., photo: [UInt8]? = nil) throws -> [UInt8] {
        try ImagingTool.run("jpegtran", ["-copy", "all"] + arguments, input: photo ?? Self.photo())
    }

    /// The photo's pixels put through cjpeg, which knows samplings that TurboJPEG has no name for.
    static func recoded(_ arguments: String...) throws -> [UInt8] {
        let pixels = try ImagingTool.run("djpeg", [], input: photo(subsampling: .s444))
        return try ImagingTool.run("cjpeg", ["-quality", "92"] + arguments, input: pixels)
    }

    /// The photo in four inks; with Adobe's marker, as TurboJPEG writes it, or without and as YCCK's bare samples.
    static func fourInks(subsampling: ChromaSubsampling = .s444) throws -> [UInt8] {
        let pixels = try ImagingPixels(jpeg: photo(subsampling: .s444))
        var inks: [UInt8] = []
        inks.reserveCapacity(pixels.width * pixels.height * 4)
        for pixel in 0..<pixels.width * pixels.height {
            // Inverted, as Adobe has it: 255 is no ink. All black is in the colours.
            inks += pixels.bytes[3 * pixel..<3 * pixel + 3]
            inks.append(255)
        }
        let handle = tjInitCompress()
        defer { tjDestroy(handle) }
        var output: UnsafeMutablePointer<UInt8>?
        var length: UInt = 0
        defer { tjFree(output) }
        let status = tjCompress2(
            handle, inks, Int32(pixels.width), 0, Int32(pixels.height), Int32(TJPF_CMYK.rawValue), &output, &length,
            subsampling.turbo, 92, TJFLAG_ACCURATEDCT)
        guard status == 0 else { throw ImagingTool.Failure(description: "no CMYK from TurboJPEG") }
        return Array(UnsafeBufferPointer(start: output, count: Int(length)))
    }

    /// The file with more segments right behind its start marker.
    static func inserting(_ segments: [UInt8], in jpeg: [UInt8]) -> [UInt8] {
        [0xFF, 0xD8] + segments + Array(jpeg[2...])
    }

    /// The file with its first frame header changed.
    static func patchingFrame(_ jpeg: [UInt8], _ change: (inout ArraySlice<UInt8>) -> Void) -> [UInt8] {
        var offset = 2
        while offset + 4 < jpeg.count {
            let length = Int(jpeg[offset + 2]) << 8 | Int(jpeg[offset + 3])
            if JPEGMarker.isFrame(jpeg[offset + 1]) {
                var frame = jpeg[offset..<offset + 2 + length]
                change(&frame)
                var result = jpeg
                result.replaceSubrange(offset..<offset + 2 + length, with: frame)
                return result
            }
            offset += 2 + length
        }
        return jpeg
    }

    /// A JPEG that says it is of this size, and has this much data behind its header.
    static func claiming(
        width: Int, height: Int, dataBytes: Int, marker: UInt8 = 0xC0, subsampling: ChromaSubsampling = .s420
    ) throws -> [UInt8] {
        let small = try photo(width: 16, height: 16, subsampling: subsampling)
        let patched = patchingFrame(small) { frame in
            frame[frame.startIndex + 1] = marker
            for (place, byte) in [height >> 8, height & 255, width >> 8, width & 255].enumerated() {
                frame[frame.startIndex + 5 + place] = UInt8(byte)
            }
        }
        let data = JPEGLayout(patched.span).dataStart
        return Array(patched[..<data]) + [UInt8](repeating: 0, count: dataBytes) + [0xFF, 0xD9]
    }

    /// A progressive JPEG whose last scan stands there `count` times more.
    static func manyScans(_ count: Int) throws -> [UInt8] {
        let progressive = try transformed("-progressive", photo: photo(width: 64, height: 48))
        var scans: [Int] = []
        for offset in 2..<progressive.count - 1 where progressive[offset] == 0xFF && progressive[offset + 1] == 0xDA {
            scans.append(offset)
        }
        let last = progressive[(scans.last ?? 0)..<progressive.count - 2]
        var result = Array(progressive[..<(progressive.count - 2)])
        for _ in 0..<count { result += last }
        return result + [0xFF, 0xD9]
    }
}
