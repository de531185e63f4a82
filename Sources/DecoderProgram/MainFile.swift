import CFFmpeg
import Decoding
import Model

/// The main: its descriptor, and but for films, which may be larger than memory, its bytes, with zeros behind them that
/// libavcodec may read.
///
/// They are mapped: a file that is cut meanwhile ends this process, and no other.
package struct MainFile: ~Copyable {
    let descriptor: Int32
    package let count: Int
    private let base: UnsafePointer<UInt8>?

    init(_ descriptor: Int32, size: Int, type: ImageType) throws(DecoderFault) {
        guard size > 0 else { throw DecoderFault(.notAnImage, "is empty") }
        let isFilm = [.mp4, .mov, .threeGP, .matroska, .avi, .mpeg, .wmv].contains(type)
        let bytes = isFilm ? nil : mainstay_map(descriptor, size)
        guard isFilm || bytes != nil else { throw .noMemory }
        (self.descriptor, count, base) = (descriptor, size, bytes)
    }

    deinit { if let base { mainstay_unmap(base, count) } }

    /// The bytes; none of a film.
    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: base == nil ? 0 : count) }

    /// Lets go of the memory of what was read: it is read from the file again where it is needed again.
    func release(before place: Int) {
        guard let base else { return }
        let whole = min(place, count) / Self.released * Self.released
        guard whole > 0 else { return }
        madvise(UnsafeMutableRawPointer(mutating: base), whole, MADV_DONTNEED)
    }

    /// The same of what lies behind.
    func release(from place: Int) {
        guard let base else { return }
        let first = (min(max(place, 0), count) + Self.released - 1) / Self.released * Self.released
        guard first < count else { return }
        madvise(UnsafeMutableRawPointer(mutating: base + first), count - first, MADV_DONTNEED)
    }

    /// Bytes of which memory is let go at a time: whole pages, and so many that it takes no time.
    private static let released = 1 << 20

    /// Calls `body` with the bytes.
    package func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes.span)
    }
}
