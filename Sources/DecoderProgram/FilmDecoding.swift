import CFFmpeg
import Decoding
import Glibc
import Imaging

/// Shows a film by one of its pictures: the first that is not black, if one comes within some seconds.
struct FilmDecoding {
    private let reader: FilmReader
    private let order: DecoderOrder
    /// When, where and with what it was taken.
    private let exif: [UInt8]?

    /// Seconds from the first picture on in which one that is not black is looked for, and pictures.
    private static let looked = (seconds: 6.0, pictures: 400)

    init(_ main: borrowing MainFile, _ order: DecoderOrder) throws(DecoderFault) {
        self.order = order
        exif = CarriedExif.block(of: Self.capture(main))
        reader = try FilmReader(main.descriptor, size: main.count, type: order.type)
    }

    func decode(_ memory: inout PictureMemory) throws(DecoderFault) {
        let codec = try CodecOwner(reader.stream.pointee.codecpar, pixels: order.limits.pixels)
        let frame = try chosen(codec)
        try order.check(frame.width, frame.height)
        var colour = frame.colour
        if colour.matrix == AVCOL_SPC_UNSPECIFIED && max(frame.width, frame.height) >= 1280 {
            colour.matrix = AVCOL_SPC_BT709
        }
        let size = JPEGMainDecoder.scaledSize(width: frame.width, height: frame.height, edge: order.edge)
        let builder = try PictureBuilder(
            format: frame.format, width: frame.width, height: frame.height, colour: colour, size: size
        ) { layout throws(DecoderFault) in try memory.begin(layout) }
        builder.add(frame.rows, at: 0)
        builder.finish()
        FilmMark(orientation: orientation).draw(on: builder.layout, builder.target)
        memory.finish(orientation: orientation, exif: exif, profile: Gamut(colour).profile)
    }

    /// Read by ourselves, before libavformat sees a byte.
    private static func capture(_ main: borrowing MainFile) -> CaptureFacts {
        let (descriptor, count) = (main.descriptor, main.count)
        return ImageInspector.facts { range in
            let range = range.clamped(to: 0..<count)
            return [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialized in
                guard let base = buffer.baseAddress else { return initialized = 0 }
                initialized = max(0, pread(descriptor, base, range.count, off_t(range.lowerBound)))
            }
        }.capture
    }

    /// The picture that is shown.
    private func chosen(_ codec: CodecOwner) throws(DecoderFault) -> Frame {
        var first: Frame?
        var start: Double?
        guard let packet = av_packet_alloc() else { throw .noMemory }
        defer {
            var packet: UnsafeMutablePointer<AVPacket>? = packet
            av_packet_free(&packet)
        }
        var (isOver, seen, fault) = (false, 0, Int32(0))
        while !isOver {
            isOver = !reader.read(packet)
            // A part that cannot be decoded is passed over.
            let status = avcodec_send_packet(codec.context, isOver ? nil : packet)
            if status < 0 { fault = status }
            av_packet_unref(packet)
            while true {
                let frame = try Frame()
                guard avcodec_receive_frame(codec.context, frame.pointer) >= 0 else { break }
                let time = time(of: frame)
                if start == nil { start = time }
                seen += 1
                if !Blackness.isBlack(frame) { return frame }
                if first == nil { first = frame }
                let isLate = start.map { (time ?? $0) - $0 > Self.looked.seconds } ?? false
                if isLate || seen >= Self.looked.pictures { isOver = true }
            }
        }
        // All of them are black, or there is none.
        if let frame = first { return frame }
        throw fault < 0 && fault != MAINSTAY_AV_END
            ? DecoderFault(code: fault) : DecoderFault(.damaged, "it has no picture")
    }

    private func time(of frame: Frame) -> Double? {
        let (time, base) = (frame.pointer.pointee.best_effort_timestamp, reader.stream.pointee.time_base)
        guard time != MAINSTAY_AV_NO_TIME, base.den > 0 else { return nil }
        return Double(time) * Double(base.num) / Double(base.den)
    }

    /// How the pictures are to be turned, as EXIF numbers it.
    private var orientation: Int {
        var size = 0
        guard let data = av_stream_get_side_data(reader.stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 36 else {
            return 1
        }
        let signs = data.withMemoryRebound(to: Int32.self, capacity: 9) { matrix in
            [matrix[0], matrix[1], matrix[3], matrix[4]].map { $0.signum() }
        }
        let known: [[Int32]] = [
            [1, 0, 0, 1], [-1, 0, 0, 1], [-1, 0, 0, -1], [1, 0, 0, -1], [0, 1, 1, 0], [0, 1, -1, 0], [0, -1, -1, 0],
            [0, -1, 1, 0],
        ]
        return (known.firstIndex(of: signs) ?? 0) + 1
    }
}

/// Whether a picture is as good as black: nothing in it is bright, so nothing can be seen.
enum Blackness {
    /// Of 256. Black is 16 in most films.
    private static let brightest = 40

    static func isBlack(_ frame: Frame) -> Bool {
        guard let about = av_pix_fmt_desc_get(frame.format)?.pointee, let base = mainstay_plane(frame.pointer, 0) else {
            return false
        }
        let (step, shift) = (about.comp.0.depth > 8 ? 2 : 1, max(0, about.comp.0.depth - 8))
        let stride = Int(mainstay_stride(frame.pointer, 0))
        var bright = 0
        var seen = 0
        for y in Swift.stride(from: 0, to: frame.height, by: 8) {
            for x in Swift.stride(from: 0, to: frame.width, by: 8) {
                let place = base + y * stride + x * step
                let value = step == 2 ? (Int(place[0]) | Int(place[1]) << 8) >> shift : Int(place[0])
                bright += value > brightest ? 1 : 0
                seen += 1
            }
        }
        return bright * 100 < seen
    }
}
