package import Imaging

/// Where the samples of a picture lie in the memory between a decoder and its agent.
///
/// Rows and planes begin at multiples of 64 bytes, so that a decoder can write there directly.
package struct PixelLayout: Hashable, Sendable {
    /// One plane of it, or the only one of packed pixels.
    package struct Plane: Hashable, Sendable {
        package var offset: Int
        /// Bytes from one row to the next.
        package var stride: Int
        /// Bytes of a row that are samples.
        package var width: Int
        package var rows: Int
    }

    package let kind: DecodedPicture.Layout
    package let width: Int
    package let height: Int

    package init(_ kind: DecodedPicture.Layout, width: Int, height: Int) {
        (self.kind, self.width, self.height) = (kind, width, height)
    }

    /// All that can be in an answer; the place is its code.
    private static let kinds: [DecodedPicture.Layout] = [
        .rgb(.s444), .rgb(.s420), .planes(.grey), .planes(.s444), .planes(.s422), .planes(.s420), .planes(.s440),
    ]

    package static func kind(_ code: UInt8) -> DecodedPicture.Layout? {
        Int(code) < kinds.count ? kinds[Int(code)] : nil
    }

    package var code: UInt8 { UInt8(Self.kinds.firstIndex(of: kind) ?? 0) }

    /// The planes, for sides of 1 to 65,535.
    package var planes: [Plane] {
        var offset = 0
        let sizes: [(width: Int, height: Int)] =
            switch kind {
            case .planes(let subsampling): subsampling.planes(width: width, height: height)
            case .rgb: [(width * 3, height)]
            }
        return sizes.map { size in
            let stride = (size.width + 63) & ~63
            defer { offset += stride * size.height }
            return Plane(offset: offset, stride: stride, width: size.width, rows: size.height)
        }
    }

    /// Bytes of all of it. What writes whole vectors may write a little behind the last row.
    package var size: Int { (planes.last.map { $0.offset + $0.stride * $0.rows } ?? 0) + 64 }

    /// Bytes that any picture may need whose long edge is asked to be at least `edge`.
    ///
    /// A scale of 2/8 or more is the smallest one that does: its long edge is less than twice as long. One of 1/8 has a
    /// 64th of the pixels.
    package static func room(edge: Int, limits: ImagingLimits) -> Int {
        let pixels = min(limits.pixels, max(4 * edge * edge, limits.pixels / 64))
        // Three bytes a pixel, rows of which are padded to 64 bytes: of 65,535 rows at most in three planes.
        return pixels * 3 + 65_535 * 64 * 3 + metadata(limits)
    }

    /// Bytes for EXIF, XMP and profile.
    package static func metadata(_ limits: ImagingLimits) -> Int { 2 * mostMetadata + limits.profileBytes }

    /// Bytes of EXIF, and of XMP, that are handed over.
    package static let mostMetadata = 1_000_000
}
