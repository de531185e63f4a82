import CTurboJPEG

/// The owner of a libjpeg decompressor that gives a picture row by row. For one thread at a time.
struct BandReader: ~Copyable {
    /// What the rows hold.
    enum Pixels: Sendable {
        case grey, rgb, cmyk

        /// Bytes a pixel, as they are decoded.
        var bytes: Int { self == .grey ? 1 : self == .rgb ? 3 : 4 }
    }

    private let reader: UnsafeMutablePointer<mainstay_reader>

    /// A reader of nothing yet.
    init() throws(ImagingError) {
        guard let reader = mainstay_reader_make() else { throw .turboHasNoMemory }
        self.reader = reader
    }

    deinit { mainstay_reader_free(reader) }

    /// Reads the header of `file`, which has to stay where it is, and has to be as it was read here.
    func open(_ file: UnsafeBufferPointer<UInt8>, as frame: JPEGFrame) throws(ImagingError) {
        try judge(mainstay_reader_open(reader, file.baseAddress, file.count))
        // Rows are as long as this; two readers of a broken file might not see the same in it.
        guard Int(mainstay_reader_width(reader)) == frame.width, Int(mainstay_reader_height(reader)) == frame.height
        else { throw .damaged("its headers contradict one another") }
        let components = frame.components.count
        guard pixels != .rgb || components == 3, colours != JCS_UNKNOWN else {
            throw .unsupported("of \(components) colour components without a known meaning")
        }
    }

    /// What the rows will hold.
    var pixels: Pixels {
        switch colours {
        case JCS_GRAYSCALE: .grey
        case JCS_CMYK, JCS_YCCK: .cmyk
        default: .rgb
        }
    }

    /// Whether the file's own colours are luminance and two of colour, whose sampling can be kept.
    var isYCbCr: Bool { colours == JCS_YCbCr }

    private var colours: J_COLOR_SPACE { J_COLOR_SPACE(rawValue: UInt32(max(0, mainstay_reader_colours(reader)))) }

    /// The step of each coefficient of a component; nil where it has no table.
    func table(of component: Int) -> [UInt16]? {
        var table = [UInt16](repeating: 0, count: 64)
        return mainstay_reader_table(reader, Int32(component), &table) == 0 ? table : nil
    }

    /// Begins to decode.
    func start() throws(ImagingError) {
        let colours = pixels == .grey ? JCS_GRAYSCALE : pixels == .rgb ? JCS_RGB : JCS_CMYK
        try judge(mainstay_reader_start(reader, Int32(colours.rawValue), Int32(pixels.bytes)))
    }

    /// Decodes the next rows.
    func read(into rows: UnsafeMutablePointer<UInt8>, stride: Int, count: Int) throws(ImagingError) {
        try judge(mainstay_reader_rows(reader, rows, stride, Int32(count)))
    }

    private func judge(_ status: Int32) throws(ImagingError) {
        let warning = String(cString: mainstay_reader_warning(reader))
        try ImagingError.judge(warning, isFault: false)
        if status != 0 { try ImagingError.judge(String(cString: mainstay_reader_fault(reader)), isFault: true) }
    }
}
