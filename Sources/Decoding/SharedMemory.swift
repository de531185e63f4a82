import CLinux
import Glibc
import Imaging

/// Memory that a decoder writes its picture into. Its size is sealed, so that what is read here is always there.
struct SharedMemory: ~Copyable {
    let descriptor: Int32
    let size: Int
    private let base: UnsafeRawPointer

    /// Throws `.outOfMemory` where the system gives none.
    init(size: Int) throws(ImagingError) {
        let descriptor = mainstay_memory("mainstay-picture", size)
        guard descriptor >= 0 else { throw .noMemory("memfd_create") }
        // Read only: this process writes nothing there.
        guard let base = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), base != MAP_FAILED else {
            let fault = ImagingError.noMemory("mmap")
            close(descriptor)
            throw fault
        }
        (self.descriptor, self.size, self.base) = (descriptor, size, UnsafeRawPointer(base))
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: base), size)
        close(descriptor)
    }

    /// A copy of some of it.
    func copy(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= size)
        return [UInt8](UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// A copy of the samples of a picture, without what stands between its rows.
    func samples(_ layout: PixelLayout) -> [UInt8] {
        precondition(layout.size <= size)
        let planes = layout.planes
        let count = planes.reduce(0) { $0 + $1.width * $1.rows }
        return [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
            var place = 0
            for plane in planes {
                for row in 0..<plane.rows {
                    let source = UnsafeRawBufferPointer(
                        start: base + plane.offset + row * plane.stride, count: plane.width)
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(target)[place...])
                        .copyMemory(from: source)
                    place += plane.width
                }
            }
            initialized = count
        }
    }
}

/// A main that is in memory here, as a file that a decoder can read.
struct MemoryFile: ~Copyable {
    let descriptor: Int32

    init(_ bytes: Span<UInt8>) throws(ImagingError) {
        let descriptor = mainstay_memory("mainstay-main", bytes.count)
        guard descriptor >= 0 else { throw .noMemory("memfd_create") }
        let isWritten = bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = pwrite(descriptor, rest.baseAddress, rest.count, bytes.count - rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
            return true
        }
        // Opened anew, for reading alone.
        let reading = isWritten ? open("/proc/self/fd/\(descriptor)", O_RDONLY | O_CLOEXEC) : -1
        let fault = ImagingError.noMemory("memfd")
        close(descriptor)
        guard reading >= 0 else { throw fault }
        self.descriptor = reading
    }

    deinit { close(descriptor) }
}

extension ImagingError {
    /// The system gave no memory, process or descriptor for a decoder.
    static func noMemory(_ call: String) -> ImagingError {
        ImagingError(
            .outOfMemory, "There is no room to decode a picture at present; it will be tried again.",
            cause: "\(call): \(String(cString: strerror(errno)))")
    }
}
