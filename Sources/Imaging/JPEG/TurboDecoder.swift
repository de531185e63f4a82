import CTurboJPEG

/// The owner of a TurboJPEG decompressor, for one picture.
///
/// Not for a second one: it would keep the first one's tables, and decode a broken picture without its own with them.
/// A new one costs a fifth of a microsecond.
struct TurboDecoder: ~Copyable {
    /// What the decoder makes of a JPEG's colours (`TJCS`).
    enum ColourSpace: Sendable {
        case grey, yCbCr, rgb, cmyk, ycck
    }

    /// The packed pixels that it can give.
    enum PixelFormat: Sendable {
        case grey, rgb, cmyk

        var bytes: Int { self == .grey ? 1 : self == .rgb ? 3 : 4 }

        fileprivate var turbo: Int32 {
            switch self {
            case .grey: TJPF_GRAY.rawValue
            case .rgb: TJPF_RGB.rawValue
            case .cmyk: TJPF_CMYK.rawValue
            }
        }
    }

    private let handle: tjhandle

    /// What `decode` makes of a JPEG as far as it can be read. What comes behind the data of a dirty one may be a fault
    /// to the decoder, though the picture is there: then it is not shown that.
    static func read<Result>(
        _ jpeg: Span<UInt8>, _ layout: JPEGLayout,
        _ decode: (Span<UInt8>, borrowing TurboDecoder) throws(ImagingError) -> Result
    ) throws(ImagingError) -> Result {
        do throws(ImagingError) {
            return try decode(jpeg.extracting(layout.readable), TurboDecoder())
        } catch {
            guard !error.isRetryable, let end = layout.end, layout.dataEnd < end else { throw error }
            return try decode(jpeg.extracting(0..<layout.dataEnd), TurboDecoder())
        }
    }

    init() throws(ImagingError) {
        guard let handle = tjInitDecompress() else { throw .turboHasNoMemory }
        self.handle = handle
    }

    deinit { tjDestroy(handle) }

    /// The colour space of a JPEG; nil for one that has no name, such as two components.
    func colourSpace(of jpeg: Span<UInt8>) throws(ImagingError) -> ColourSpace? {
        var (width, height, subsampling, space): (Int32, Int32, Int32, Int32) = (0, 0, -1, -1)
        let status = jpeg.withUnsafeBufferPointer { source in
            tjDecompressHeader3(
                handle, source.baseAddress, UInt(source.count), &width, &height, &subsampling, &space)
        }
        // An odd subsampling makes it fail too, but only after it has told all else.
        if status != 0, width <= 0 || subsampling >= 0 { try judge(status) }
        guard space >= 0 else { return nil }
        return switch TJCS(rawValue: UInt32(space)) {
        case TJCS_GRAY: .grey
        case TJCS_YCbCr: .yCbCr
        case TJCS_RGB: .rgb
        case TJCS_CMYK: .cmyk
        case TJCS_YCCK: .ycck
        default: nil
        }
    }

    /// The samples as they are coded, without conversion, at one of the scales that TurboJPEG has.
    func planes(
        of jpeg: Span<UInt8>, width: Int, height: Int, subsampling: ChromaSubsampling
    ) throws(ImagingError) -> Picture {
        let planes = subsampling.planes(width: width, height: height)
        var strides = planes.map { Int32($0.width) } + [0, 0]
        let samples = try decode(into: planes.reduce(0) { $0 + $1.width * $1.height }) { target in
            jpeg.withUnsafeBufferPointer { source in
                subsampling.withPlanes(of: target, width: width, height: height) { addresses in
                    tjDecompressToYUVPlanes(
                        handle, source.baseAddress, UInt(source.count), addresses, Int32(width), &strides,
                        Int32(height), TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT)
                }
            }
        }
        return Picture(width: width, height: height, layout: .planes(subsampling), samples: samples)
    }

    /// The picture as packed pixels, at one of the scales that TurboJPEG has.
    func pixels(
        of jpeg: Span<UInt8>, width: Int, height: Int, format: PixelFormat
    ) throws(ImagingError) -> [UInt8] {
        try decode(into: width * height * format.bytes) { target in
            jpeg.withUnsafeBufferPointer { source in
                tjDecompress2(
                    handle, source.baseAddress, UInt(source.count), target.baseAddress, Int32(width), 0,
                    Int32(height), format.turbo, TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT)
            }
        }
    }

    /// An array of `count` bytes that `body` fills, answering TurboJPEG's status.
    private func decode(
        into count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Int32
    ) throws(ImagingError) -> [UInt8] {
        var status: Int32 = -1
        let samples = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            let target = UnsafeMutableBufferPointer(rebasing: target[..<count])
            status = body(target)
            // A picture with a fault in it may leave rows unwritten; they must not show what was in memory before.
            if status != 0, tjGetErrorCode(handle) != TJERR_WARNING.rawValue { target.update(repeating: 0) }
            initialized = count
        }
        try judge(status)
        return samples
    }

    /// Whether a part of the picture that was decoded last is missing, as far as the first warning tells.
    var missesData: Bool {
        guard tjGetErrorCode(handle) == TJERR_WARNING.rawValue, let text = tjGetErrorStr2(handle) else { return false }
        return String(cString: text).lowercased().contains("premature end")
    }

    /// Throws unless the picture is there, or a part of it.
    private func judge(_ status: Int32) throws(ImagingError) {
        guard status != 0 else { return }
        let text = tjGetErrorStr2(handle).map { String(cString: $0) } ?? ""
        try ImagingError.judge(text, isFault: tjGetErrorCode(handle) != TJERR_WARNING.rawValue)
    }
}
