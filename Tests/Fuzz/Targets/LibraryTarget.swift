import CPNG
import CTIFF
import CWebP
import Imaging

// The libraries of others that read strangers' bytes, by the same calls as the decoder makes (DecoderProgram), with room
// for rows that ends where the decoder's does. They are not compiled with the sanitizer, so what they write behind a row is
// looked for by ourselves.

/// Pixels that are decoded: enough for every path, and not for seconds.
private let mostPixels = 1 << 18
private let longestSide = 65_535

/// Room for rows, with bytes behind it that nobody may change.
private struct RowRoom {
    private static let behind = 64
    private static let mark: UInt8 = 0xA7

    let start: UnsafeMutablePointer<UInt8>
    private let count: Int

    init(_ count: Int) {
        self.count = count
        start = .allocate(capacity: count + Self.behind)
        start.initialize(repeating: 0, count: count)
        (start + count).initialize(repeating: Self.mark, count: Self.behind)
    }

    func end() {
        must((0..<Self.behind).allSatisfy { start[count + $0] == Self.mark }, "a library wrote behind its room")
        start.deallocate()
    }
}

/// Rows at a time, as the decoder reads them.
private func groups(_ height: Int, _ read: (Int, Int) -> Bool) -> Bool {
    for first in stride(from: 0, to: height, by: 16) where !read(first, min(16, height - first)) { return false }
    return true
}

private func isDecoded(_ width: Int, _ height: Int) -> Bool {
    (1...longestSide).contains(width) && (1...longestSide).contains(height) && width * height <= mostPixels
}

/// A PNG, by rows.
@Sendable func readPNG(_ file: [UInt8]) {
    file.withUnsafeBufferPointer { file in
        guard let base = file.baseAddress, let reader = mainstay_png_make(base, file.count) else { return }
        defer { mainstay_png_free(reader) }
        guard mainstay_png_head(reader, 16_000_000) == 0 else { return }
        let (width, height) = (Int(mainstay_png_width(reader)), Int(mainstay_png_height(reader)))
        guard isDecoded(width, height), mainstay_png_is_interlaced(reader) == 0, mainstay_png_start(reader) == 0
        else { return }
        let channels = Int(mainstay_png_channels(reader))
        guard (1...4).contains(channels) else { return }
        let bits = Int(mainstay_png_bits(reader))
        must(bits == 8 || bits == 16, "rows are of other samples than are scaled")
        let row = mainstay_png_row(reader)
        must(row == width * channels * bits / 8, "a row has another length than its pixels")
        let room = RowRoom(16 * row)
        let isRead = groups(height) { _, count in mainstay_png_rows(reader, room.start, row, Int32(count)) == 0 }
        room.end()
        must(reader.pointee.place <= file.count, "a PNG is read behind its end")
        guard isRead else { return }
        _ = mainstay_png_end(reader)
        var length: UInt32 = 0
        if let profile = mainstay_png_profile(reader, &length) {
            _ = UnsafeBufferPointer(start: profile, count: Int(length)).reduce(0, ^)
        }
    }
}

/// A TIFF, by rows.
@Sendable func readTIFF(_ file: [UInt8]) {
    // What the decoder looks at first, with a parser of our own.
    guard let samples = TIFFSamples(file), !samples.isTiled, !samples.isJPEG, !samples.isDeepInk, !samples.isCut else {
        return
    }
    file.withUnsafeBufferPointer { file in
        guard let base = file.baseAddress, let reader = mainstay_tiff_make(base, file.count) else { return }
        defer { mainstay_tiff_free(reader) }
        var about = mainstay_tiff_about()
        guard mainstay_tiff_has_rows(reader, &about) != 0 else { return }
        let (width, height) = (Int(about.width), Int(about.height))
        guard isDecoded(width, height) else { return }
        must(about.bits == 8 || about.bits == 16, "rows are of other samples than are scaled")
        must(about.row == width * Int(about.channels * about.bits / 8), "a row has another length than its pixels")
        let room = RowRoom(16 * about.row)
        _ = groups(height) { first, count in
            let isRead = mainstay_tiff_rows(reader, room.start, about.row, UInt32(first), Int32(count)) == 0
            _ = mainstay_tiff_place(reader, UInt32(first))
            return isRead
        }
        room.end()
        var length: UInt32 = 0
        if let profile = mainstay_tiff_profile(reader, &length) {
            _ = UnsafeBufferPointer(start: profile, count: Int(length)).reduce(0, ^)
        }
    }
}

/// A WebP, at its size and at a smaller one.
@Sendable func readWebP(_ file: [UInt8]) {
    file.withUnsafeBufferPointer { file in
        var (width, height, alpha, format): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        guard mainstay_webp_head(file.baseAddress, file.count, &width, &height, &alpha, &format) == 0,
            isDecoded(Int(width), Int(height))
        else { return }
        for edge in [longestSide, 20] {
            let size = JPEGMainDecoder.scaledSize(width: Int(width), height: Int(height), edge: edge)
            decode(file, size, isScaled: size != (Int(width), Int(height)), alpha != 0, format == MAINSTAY_WEBP_LOSSY)
        }
    }
}

private func decode(
    _ file: UnsafeBufferPointer<UInt8>, _ size: (width: Int, height: Int), isScaled: Bool, _ hasAlpha: Bool,
    _ isLossy: Bool
) {
    var target = mainstay_webp_target()
    var rooms: [RowRoom] = []
    if isLossy && !hasAlpha {
        let half = (width: (size.width + 1) / 2, height: (size.height + 1) / 2)
        rooms = [
            RowRoom(size.width * size.height), RowRoom(half.width * half.height), RowRoom(half.width * half.height),
        ]
        (target.y, target.u, target.v) = (rooms[0].start, rooms[1].start, rooms[2].start)
        (target.y_stride, target.u_stride) = (Int32(size.width), Int32(half.width))
    } else {
        let stride = size.width * (hasAlpha ? 4 : 3)
        rooms = [RowRoom(stride * size.height)]
        (target.pixels, target.stride, target.hasAlpha) = (rooms[0].start, Int32(stride), hasAlpha ? 1 : 0)
    }
    withUnsafePointer(to: target) { target in
        _ = mainstay_webp_decode(
            file.baseAddress, file.count, Int32(size.width), Int32(size.height), isScaled ? 1 : 0, target)
    }
    for room in rooms { room.end() }
}
