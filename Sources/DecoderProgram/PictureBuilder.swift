import CFFmpeg
import Decoding
import Glibc
import Imaging

/// Makes a reduced picture of rows as they come, and writes it where it is to be.
final class PictureBuilder {
    let layout: PixelLayout
    private let colour: CodedColour
    private let scaler: RowScaler
    let target: [UnsafeMutablePointer<UInt8>]
    private let strides: [Int32]
    private let flattener: Flattener?
    private let toner: RowToner?

    /// - Parameters:
    ///   - width: of the whole picture.
    ///   - size: of the reduced one.
    ///   - place: answers where the planes are to be.
    init(
        format: AVPixelFormat, width: Int, height: Int, colour: CodedColour, size: (width: Int, height: Int),
        isGrey: Bool = false, isShared: Bool = true,
        at place: (PixelLayout) throws(DecoderFault) -> [UnsafeMutablePointer<UInt8>]
    ) throws(DecoderFault) {
        guard let about = av_pix_fmt_desc_get(format) else { throw DecoderFault(.unsupported) }
        let pixels = Pixels(about.pointee)
        self.colour = colour
        var side = RowScaler.Side(
            format: format, width: width, height: height, isFull: colour.isFull || pixels.isRGB,
            matrix: colour.scalerMatrix)
        var subsampling = isGrey ? .grey : pixels.subsampling
        if pixels.hasAlpha && !isGrey {
            let flattener = try Flattener(side, isDeep: pixels.isDeep)
            (side.format, side.isFull) = (flattener.format, true)
            if subsampling != .grey { subsampling = .s444 }
            self.flattener = flattener
        } else {
            flattener = nil
        }
        var to = RowScaler.Side(
            format: Pixels.format(subsampling), width: size.width, height: size.height, isFull: true)
        if colour.isHighRange && subsampling != .grey {
            to.format = AV_PIX_FMT_RGB48LE
            layout = PixelLayout(.rgb(subsampling), width: size.width, height: size.height)
            target = try place(layout)
            toner = try RowToner(layout, colour, to: target[0])
        } else {
            // The numbers stay those of the main's matrix while they are scaled.
            if !pixels.isRGB && flattener == nil { to.matrix = side.matrix }
            layout = PixelLayout(.planes(subsampling), width: size.width, height: size.height)
            target = try place(layout)
            toner = nil
        }
        scaler = try RowScaler(from: side, to: to)
        strides = layout.planes.map { Int32($0.stride) }
        isConverted = pixels.isRGB || flattener != nil
        self.isShared = isShared
    }

    /// Whether the numbers are those of BT.601 already.
    private let isConverted: Bool
    /// Whether it is written into the agent's memory.
    private let isShared: Bool
    private var (done, released) = (0, 0)

    /// Takes rows from `row` on. They come in order, each once.
    func add(_ rows: PixelRows, at row: Int) {
        guard let flattener else { return scale(rows, row) }
        flattener.flatten(rows, at: row) { flat, row in scale(flat, row) }
    }

    private func scale(_ rows: PixelRows, _ row: Int) {
        if let toner {
            toner.advance(by: scaler.scale(rows, at: row, to: [toner.base], [Int32(toner.stride)]))
        } else {
            done += scaler.scale(rows, at: row, to: target, strides)
            release()
        }
    }

    /// Leaves the pages of rows that are done to the agent, so that they do not count as this process's memory. What is
    /// in them stays.
    private func release() {
        guard isShared, let plane = layout.planes.first else { return }
        let free = done * plane.stride / Self.page * Self.page
        guard free - released >= 64 * Self.page else { return }
        madvise(target[0] + released, free - released, MADV_DONTNEED)
        released = free
    }

    private static let page = 4096

    /// After the last row.
    func finish() {
        if toner == nil, !isConverted { Rematrix(colour)?.apply(layout, target) }
        layout.completeEdges(target)
    }
}

extension PixelLayout {
    /// Planes of 4:2:0 are even: their last column and row may be such as the picture does not have.
    func completeEdges(_ target: [UnsafeMutablePointer<UInt8>]) {
        for (plane, base) in zip(planes, target) where kind != .rgb(.s444) && kind != .rgb(.s420) {
            if plane.width > width {
                for row in 0..<plane.rows {
                    let place = base + row * plane.stride + width
                    place.pointee = place[-1]
                }
            }
            if plane.rows > height {
                let last = base + height * plane.stride
                last.update(from: last - plane.stride, count: plane.width)
            }
        }
    }
}

/// What a pixel format is, as far as it matters here.
struct Pixels {
    let isRGB: Bool
    let hasAlpha: Bool
    let isDeep: Bool
    let subsampling: ChromaSubsampling

    init(_ about: AVPixFmtDescriptor) {
        func has(_ flag: Int32) -> Bool { about.flags & UInt64(flag) != 0 }
        isRGB = has(AV_PIX_FMT_FLAG_RGB) || has(AV_PIX_FMT_FLAG_PAL)
        hasAlpha = has(AV_PIX_FMT_FLAG_ALPHA) || has(AV_PIX_FMT_FLAG_PAL)
        isDeep = about.comp.0.depth > 8
        if !isRGB && about.nb_components < 3 {
            subsampling = .grey
        } else {
            switch (about.log2_chroma_w, about.log2_chroma_h) {
            case (0, 0): subsampling = .s444
            case (1, 0): subsampling = .s422
            case (0, 1): subsampling = .s440
            default: subsampling = .s420
            }
        }
    }

    /// The form in which a reduced picture is handed over.
    static func format(_ subsampling: ChromaSubsampling) -> AVPixelFormat {
        switch subsampling {
        case .grey: AV_PIX_FMT_GRAY8
        case .s444: AV_PIX_FMT_YUV444P
        case .s422: AV_PIX_FMT_YUV422P
        case .s440: AV_PIX_FMT_YUV440P
        case .s420, .s411: AV_PIX_FMT_YUV420P
        }
    }
}
