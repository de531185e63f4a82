import CFFmpeg
import Decoding
import Glibc

/// The rows of a picture of high dynamic range between being scaled and being mapped: as many as came, of which those that
/// are done need no memory any more.
final class RowToner {
    /// Where the whole picture would be, three samples of 16 bits a pixel.
    let base: UnsafeMutablePointer<UInt8>
    let stride: Int
    private let layout: PixelLayout
    private let map: ToneMap
    private let target: UnsafeMutablePointer<UInt8>
    private let size: Int
    private var done = 0
    private var given = 0

    init(_ layout: PixelLayout, _ colour: CodedColour, to target: UnsafeMutablePointer<UInt8>) throws(DecoderFault) {
        (self.layout, self.target) = (layout, target)
        stride = (layout.width * 6 + 63) & ~63
        size = stride * layout.height + 64
        guard let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), base != MAP_FAILED
        else { throw .noMemory }
        self.base = base.assumingMemoryBound(to: UInt8.self)
        map = ToneMap(colour, Gamut(colour))
    }

    deinit { munmap(base, size) }

    /// So many rows more were scaled.
    func advance(by rows: Int) {
        for row in done..<min(done + rows, layout.height) {
            (base + row * stride).withMemoryRebound(to: UInt16.self, capacity: layout.width * 3) {
                map.map($0, count: layout.width, number: row, to: target + row * layout.planes[0].stride)
            }
        }
        done = min(done + rows, layout.height)
        // Whole pages behind the last row alone.
        let free = done * stride / 4096 * 4096
        if free > given {
            madvise(base + given, free - given, MADV_DONTNEED)
            given = free
        }
    }
}
