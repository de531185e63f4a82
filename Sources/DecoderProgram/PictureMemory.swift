package import Decoding
import Glibc
package import Imaging

/// The memory that the agent gave for the picture, and what is said of it.
package struct PictureMemory: ~Copyable {
    private let base: UnsafeMutableRawPointer
    private let size: Int
    private let limits: ImagingLimits
    /// What is said so far.
    package private(set) var answer = DecoderAnswer()
    private var used = 0

    init(_ descriptor: Int32, size: Int, limits: ImagingLimits) throws(DecoderFault) {
        guard size > 0, let base = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            base != MAP_FAILED
        else { throw .noMemory }
        (self.base, self.size, self.limits) = (base, size, limits)
    }

    deinit { munmap(base, size) }

    /// Where a picture's planes are to be written. Once only.
    package mutating func begin(_ layout: PixelLayout) throws(DecoderFault) -> [UnsafeMutablePointer<UInt8>] {
        guard layout.size + PixelLayout.metadata(limits) <= size else {
            throw DecoderFault(.overLimit, "more pixels than were asked for")
        }
        answer.layout = layout
        used = layout.size
        return layout.planes.map { (base + $0.offset).assumingMemoryBound(to: UInt8.self) }
    }

    /// What is carried beside the picture, after ``begin(_:)``. What is too long is left out.
    package mutating func finish(
        orientation: Int, exif: [UInt8]? = nil, xmp: [UInt8]? = nil, profile: [UInt8]? = nil, isCut: Bool = false
    ) {
        (answer.orientation, answer.isCut) = (orientation, isCut)
        answer.exif = append(exif, PixelLayout.mostMetadata)
        answer.xmp = append(xmp, PixelLayout.mostMetadata)
        answer.profile = append(profile, limits.profileBytes)
    }

    private mutating func append(_ bytes: [UInt8]?, _ most: Int) -> Int {
        guard let bytes, bytes.count <= min(most, size - used) else { return 0 }
        bytes.withUnsafeBytes { bytes in
            if let from = bytes.baseAddress { (base + used).copyMemory(from: from, byteCount: bytes.count) }
        }
        used += bytes.count
        return bytes.count
    }
}
