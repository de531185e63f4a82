import CFFmpeg
import Decoding
import Glibc
import Model

/// Takes a film apart by libavformat, which reads it by way of this process's descriptor alone.
final class FilmReader {
    /// Where it is read next.
    private final class Place {
        let descriptor: Int32
        let size: Int64
        var offset: Int64 = 0

        init(_ descriptor: Int32, _ size: Int64) { (self.descriptor, self.size) = (descriptor, size) }
    }

    private static let bufferSize = 64 * 1024
    /// Bytes that are looked at to find what is in a film whose head does not say it, and microseconds of it.
    private static let probed = (bytes: Int64(4_000_000), time: Int64(2_000_000))

    private let place: Place
    private let input: UnsafeMutablePointer<AVIOContext>
    private var context: UnsafeMutablePointer<AVFormatContext>?
    let stream: UnsafeMutablePointer<AVStream>

    init(_ descriptor: Int32, size: Int, type: ImageType) throws(DecoderFault) {
        place = Place(descriptor, Int64(size))
        guard let buffer = av_malloc(Self.bufferSize),
            let input = avio_alloc_context(
                buffer.assumingMemoryBound(to: UInt8.self), Int32(Self.bufferSize), 0,
                Unmanaged.passUnretained(place).toOpaque(), Self.read, nil, Self.seek)
        else { throw .noMemory }
        self.input = input
        guard let first = avformat_alloc_context() else {
            Self.free(input)
            throw .noMemory
        }
        first.pointee.pb = input
        first.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
        first.pointee.probesize = Self.probed.bytes
        first.pointee.max_analyze_duration = Self.probed.time
        var opened: UnsafeMutablePointer<AVFormatContext>? = first
        var status: Int32 = -1
        for name in Self.formats(type) {
            guard let format = av_find_input_format(name) else { continue }
            status = avformat_open_input(&opened, nil, format, nil)
            break
        }
        // Where it fails, it frees the context.
        guard status >= 0, let opened else {
            Self.free(input)
            throw DecoderFault(code: status)
        }
        context = opened
        _ = avformat_find_stream_info(opened, nil)
        let number = av_find_best_stream(opened, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
        guard number >= 0, let stream = opened.pointee.streams[Int(number)] else {
            var context: UnsafeMutablePointer<AVFormatContext>? = opened
            avformat_close_input(&context)
            Self.free(input)
            throw DecoderFault(.unsupported, "a film without pictures")
        }
        self.stream = stream
        for index in 0..<Int(opened.pointee.nb_streams) where index != Int(number) {
            opened.pointee.streams[index]?.pointee.discard = AVDISCARD_ALL
        }
    }

    deinit {
        avformat_close_input(&context)
        Self.free(input)
    }

    private static func free(_ input: UnsafeMutablePointer<AVIOContext>) {
        av_free(input.pointee.buffer)
        var input: UnsafeMutablePointer<AVIOContext>? = input
        avio_context_free(&input)
    }

    /// The next part of the stream; false at its end.
    func read(_ packet: UnsafeMutablePointer<AVPacket>) -> Bool {
        guard let context else { return false }
        while av_read_frame(context, packet) >= 0 {
            if packet.pointee.stream_index == stream.pointee.index { return true }
            av_packet_unref(packet)
        }
        return false
    }

    private static func formats(_ type: ImageType) -> [String] {
        switch type {
        case .mp4, .mov, .threeGP: ["mov"]
        case .matroska: ["matroska"]
        case .avi: ["avi"]
        case .mpeg: ["mpeg"]
        case .wmv: ["asf"]
        default: []
        }
    }

    private static let read: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt8>?, Int32) -> Int32 = {
        guard let opaque = $0 else { return MAINSTAY_AV_END }
        let place = Unmanaged<Place>.fromOpaque(opaque).takeUnretainedValue()
        let count = pread(place.descriptor, $1, Int($2), off_t(place.offset))
        if count < 0 { return MAINSTAY_AV_IO }
        place.offset += Int64(count)
        return count == 0 ? MAINSTAY_AV_END : Int32(count)
    }

    private static let seek: @convention(c) (UnsafeMutableRawPointer?, Int64, Int32) -> Int64 = {
        guard let opaque = $0 else { return -1 }
        let place = Unmanaged<Place>.fromOpaque(opaque).takeUnretainedValue()
        let target: Int64
        switch $2 & ~AVSEEK_FORCE {
        case AVSEEK_SIZE: return place.size
        case SEEK_SET: target = $1
        case SEEK_CUR: target = place.offset &+ $1
        case SEEK_END: target = place.size &+ $1
        default: return -1
        }
        guard target >= 0 else { return -1 }
        place.offset = target
        return target
    }
}
