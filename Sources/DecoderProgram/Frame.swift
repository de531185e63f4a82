import CFFmpeg

/// A decoded picture, or a part of one, as libavcodec gives it.
final class Frame {
    let pointer: UnsafeMutablePointer<AVFrame>

    init() throws(DecoderFault) {
        guard let pointer = av_frame_alloc() else { throw .noMemory }
        self.pointer = pointer
    }

    deinit {
        var pointer: UnsafeMutablePointer<AVFrame>? = pointer
        av_frame_free(&pointer)
    }

    var width: Int { Int(pointer.pointee.width) }
    var height: Int { Int(pointer.pointee.height) }
    var format: AVPixelFormat { AVPixelFormat(pointer.pointee.format) }
    var colour: CodedColour {
        CodedColour(
            primaries: pointer.pointee.color_primaries, transfer: pointer.pointee.color_trc,
            matrix: pointer.pointee.colorspace, isFull: pointer.pointee.color_range == AVCOL_RANGE_JPEG)
    }

    /// All of it, to be scaled.
    var rows: PixelRows {
        PixelRows(
            planes: (0..<4).map { UnsafePointer(mainstay_plane(pointer, Int32($0))) },
            strides: (0..<4).map { mainstay_stride(pointer, Int32($0)) }, count: height)
    }

    /// The ICC profile that came with it.
    var profile: [UInt8]? {
        guard let data = av_frame_get_side_data(pointer, AV_FRAME_DATA_ICC_PROFILE) else { return nil }
        return [UInt8](UnsafeBufferPointer(start: data.pointee.data, count: data.pointee.size))
    }
}

/// Rows of samples, plane by plane, in the memory of somebody else.
struct PixelRows {
    var planes: [UnsafePointer<UInt8>?]
    var strides: [Int32]
    var count: Int
}

/// How numbers mean colours (ITU-T H.273).
struct CodedColour: Equatable {
    var primaries = AVCOL_PRI_UNSPECIFIED
    var transfer = AVCOL_TRC_UNSPECIFIED
    var matrix = AVCOL_SPC_UNSPECIFIED
    var isFull = false
}
