import CTurboJPEG
import TestSupport

/// The least that a reduced copy by scaled decoding takes: TurboJPEG's own calls with nothing around them, as a C program
/// would make them; and the entropy decoding alone, nearly, which no way of reducing a JPEG can do without.
final class PlanarPipeline {
    private let decoder = tjInitDecompress()
    private let encoder = tjInitCompress()
    private var planes: [UInt8] = []
    private var output: UnsafeMutablePointer<UInt8>?
    private var length: UInt = 0

    deinit {
        tjDestroy(decoder)
        tjDestroy(encoder)
        tjFree(output)
    }

    /// Bytes of the planes that were decoded to last.
    private(set) var planeBytes = 0

    /// Decodes to planes at the smallest eighths of the size whose long edge is at least `edge`; encodes them when there
    /// is a quality.
    ///
    /// - Returns: the JPEG; empty without a quality.
    @discardableResult
    func run(_ main: [UInt8], edge: Int, quality: Int?) throws -> [UInt8] {
        // The library's memory is read to the end of this, and is gone with this object.
        defer { withExtendedLifetime(self) {} }
        var (width, height, sampling, space) = (Int32(0), Int32(0), Int32(0), Int32(0))
        guard tjDecompressHeader3(decoder, main, UInt(main.count), &width, &height, &sampling, &space) == 0 else {
            throw HostFailure("TurboJPEG could not read the head of a photo")
        }
        let longest = Int(max(width, height))
        let eighths = (1...8).first { (longest * $0 + 7) / 8 >= edge } ?? 8
        let (scaledWidth, scaledHeight) = ((Int(width) * eighths + 7) / 8, (Int(height) * eighths + 7) / 8)
        let sizes = (0..<3).map {
            Int(tjPlaneSizeYUV(Int32($0), Int32(scaledWidth), 0, Int32(scaledHeight), sampling))
        }
        let total = sizes.reduce(0, +)
        planeBytes = total
        if planes.count < total { planes = [UInt8](repeating: 0, count: total) }
        let result = planes.withUnsafeMutableBufferPointer { memory -> Int32 in
            guard let base = memory.baseAddress else { return -1 }
            var pointers: [UnsafeMutablePointer<UInt8>?] = [base, base + sizes[0], base + sizes[0] + sizes[1]]
            let decoded = tjDecompressToYUVPlanes(
                decoder, main, UInt(main.count), &pointers, Int32(scaledWidth), nil, Int32(scaledHeight),
                Int32(TJFLAG_ACCURATEDCT))
            guard decoded == 0, let quality else { return decoded }
            var sources = pointers.map { UnsafePointer<UInt8>($0) }
            return tjCompressFromYUVPlanes(
                encoder, &sources, Int32(scaledWidth), nil, Int32(scaledHeight), sampling, &output, &length,
                Int32(quality), Int32(TJFLAG_ACCURATEDCT))
        }
        guard result == 0 else { throw HostFailure("TurboJPEG could not reduce a photo") }
        return Array(UnsafeBufferPointer(start: output, count: quality == nil ? 0 : Int(length)))
    }
}
