import CFFmpeg
import Decoding

/// A decoder of libavcodec, on one thread.
final class CodecOwner {
    let context: UnsafeMutablePointer<AVCodecContext>

    /// - Parameters:
    ///   - names: of decoders, the first that this library has.
    ///   - configuration: what stands apart from the coded pictures.
    init(_ names: [String], configuration: [UInt8] = [], pixels: Int) throws(DecoderFault) {
        guard let codec = names.lazy.compactMap({ avcodec_find_decoder_by_name($0) }).first else {
            throw DecoderFault(.unsupported, "of a kind that this machine's libavcodec does not read")
        }
        context = try Self.context(codec, pixels)
        // Damage is a fault rather than something grey, and sums are looked at; but TIFF has tags that are no damage,
        // though the decoder does not know them.
        context.pointee.err_recognition = AV_EF_CRCCHECK | (names == ["tiff"] ? 0 : AV_EF_EXPLODE)
        if !configuration.isEmpty {
            guard let room = av_mallocz(configuration.count + Int(MAINSTAY_AV_PADDING)) else {
                throw .noMemory
            }
            room.copyMemory(from: configuration, byteCount: configuration.count)
            context.pointee.extradata = room.assumingMemoryBound(to: UInt8.self)
            context.pointee.extradata_size = Int32(configuration.count)
        }
        let status = avcodec_open2(context, codec, nil)
        if status < 0 { throw DecoderFault(code: status) }
    }

    /// For the pictures of a film's stream.
    init(_ stream: UnsafeMutablePointer<AVCodecParameters>, pixels: Int) throws(DecoderFault) {
        guard let name = Self.films[stream.pointee.codec_id.rawValue],
            let codec = avcodec_find_decoder_by_name(name)
        else { throw DecoderFault(.unsupported, "a film whose coding is not known here") }
        context = try Self.context(codec, pixels)
        var status = avcodec_parameters_to_context(context, stream)
        if status >= 0 { status = avcodec_open2(context, codec, nil) }
        if status < 0 { throw DecoderFault(code: status) }
    }

    /// What cameras, phones and programs code films with, and what decodes it: no more than is needed of libavcodec's
    /// hundreds of decoders.
    private static let films: [UInt32: String] = [
        AV_CODEC_ID_H264.rawValue: "h264", AV_CODEC_ID_HEVC.rawValue: "hevc", AV_CODEC_ID_AV1.rawValue: "libdav1d",
        AV_CODEC_ID_VP8.rawValue: "vp8", AV_CODEC_ID_VP9.rawValue: "vp9", AV_CODEC_ID_MPEG4.rawValue: "mpeg4",
        AV_CODEC_ID_H263.rawValue: "h263", AV_CODEC_ID_MJPEG.rawValue: "mjpeg",
        AV_CODEC_ID_MPEG1VIDEO.rawValue: "mpeg1video", AV_CODEC_ID_MPEG2VIDEO.rawValue: "mpeg2video",
        AV_CODEC_ID_WMV1.rawValue: "wmv1", AV_CODEC_ID_WMV2.rawValue: "wmv2", AV_CODEC_ID_WMV3.rawValue: "wmv3",
        AV_CODEC_ID_VC1.rawValue: "vc1", AV_CODEC_ID_MSMPEG4V3.rawValue: "msmpeg4",
        AV_CODEC_ID_DVVIDEO.rawValue: "dvvideo",
        AV_CODEC_ID_PRORES.rawValue: "prores",
    ]

    private static func context(
        _ codec: UnsafePointer<AVCodec>, _ pixels: Int
    ) throws(DecoderFault) -> UnsafeMutablePointer<AVCodecContext> {
        guard let context = avcodec_alloc_context3(codec) else { throw .noMemory }
        context.pointee.thread_count = 1
        context.pointee.max_pixels = Int64(pixels)
        return context
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    /// Decodes one picture that is coded by itself. The bytes have room for libavcodec behind them.
    func decode(_ bytes: UnsafeBufferPointer<UInt8>, into frame: Frame) throws(DecoderFault) {
        guard let packet = av_packet_alloc() else { throw .noMemory }
        defer {
            var owned: UnsafeMutablePointer<AVPacket>? = packet
            av_packet_free(&owned)
        }
        guard bytes.count <= Int(Int32.max) - 4096 else {
            throw DecoderFault(.overLimit, "more coded data than a decoder takes")
        }
        packet.pointee.data = UnsafeMutablePointer(mutating: bytes.baseAddress)
        packet.pointee.size = Int32(bytes.count)
        packet.pointee.flags = Int32(AV_PKT_FLAG_KEY)
        var status = avcodec_send_packet(context, packet)
        if status >= 0 { status = avcodec_send_packet(context, nil) }
        if status >= 0 { status = avcodec_receive_frame(context, frame.pointer) }
        avcodec_flush_buffers(context)
        if status < 0 { throw DecoderFault(code: status) }
    }
}
