import CTurboJPEG

/// The owner of a TurboJPEG transformer: turns, mirrors and crops coefficients without decoding them to pixels.
struct TurboTransformer: ~Copyable {
    private let handle: tjhandle

    /// Bytes that coefficients may take; no setting, so that every node gives the same rendition. Enough for 160
    /// megapixels whose colours are sampled at half the width and height.
    private static let coefficientBytes = 1_000_000_000

    init() throws(ImagingError) {
        guard let handle = tjInitTransform() else { throw .turboHasNoMemory }
        self.handle = handle
    }

    deinit { tjDestroy(handle) }

    /// The picture turned and cropped, without metadata; nil where that cannot be done without loss, or gives other
    /// pixels than those.
    ///
    /// - Parameters:
    ///   - change: from how the picture is stored to how the result is.
    ///   - part: of the result, in pixels; nil for all.
    func transform(
        _ jpeg: Span<UInt8>, _ frame: JPEGFrame, _ change: Orientation, part: (x: Range<Int>, y: Range<Int>)?
    ) -> [UInt8]? {
        // All coefficients are in memory twice meanwhile: a turn of the very largest is left to the tag in its EXIF.
        guard 2 * frame.blocks * 128 <= Self.coefficientBytes else { return nil }
        // 4:1:1 turned is a sampling that TurboJPEG, and so the reduced copies, have no name for.
        if change.swapsSides, frame.subsampling == .s411 { return nil }
        var transform = tjtransform()
        // Perfect: no row or column of incomplete blocks comes to lie inside.
        transform.options = TJXOPT_PERFECT | TJXOPT_COPYNONE | (frame.isProgressive ? TJXOPT_PROGRESSIVE : 0)
        let operations = [
            TJXOP_NONE, TJXOP_HFLIP, TJXOP_ROT180, TJXOP_VFLIP, TJXOP_TRANSPOSE, TJXOP_ROT90, TJXOP_TRANSVERSE,
            TJXOP_ROT270,
        ]
        transform.op = Int32(operations[change.exif - 1].rawValue)
        if let part {
            let unit = change.sides(
                8 * (frame.components.map(\.horizontal).max() ?? 1), 8 * (frame.components.map(\.vertical).max() ?? 1))
            guard part.x.lowerBound % unit.width == 0, part.y.lowerBound % unit.height == 0 else { return nil }
            transform.options |= TJXOPT_CROP
            transform.r = tjregion(
                x: Int32(part.x.lowerBound), y: Int32(part.y.lowerBound), w: Int32(part.x.count),
                h: Int32(part.y.count))
        }
        var output: UnsafeMutablePointer<UInt8>?
        var length: UInt = 0
        defer { tjFree(output) }
        let status = jpeg.withUnsafeBufferPointer { source in
            tjTransform(
                handle, source.baseAddress, UInt(source.count), 1, &output, &length, &transform, TJFLAG_LIMITSCANS)
        }
        // A warning is a reason to look at it as pixels, which tells what is the matter.
        guard status == 0, let output else { return nil }
        return Array(UnsafeBufferPointer(start: output, count: Int(length)))
    }
}
