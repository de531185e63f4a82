import CTurboJPEG

/// The owner of a TurboJPEG compressor. As cheap to make as the decompressor.
struct TurboEncoder: ~Copyable {
    private let handle: tjhandle

    init() throws(ImagingError) {
        guard let handle = tjInitCompress() else { throw .turboHasNoMemory }
        self.handle = handle
    }

    deinit { tjDestroy(handle) }

    /// The picture as a baseline JPEG of this quality (1 to 100), with `segments` before all other metadata but JFIF's.
    func jpeg(_ picture: borrowing Picture, quality: Int, segments: [UInt8] = []) throws(ImagingError) -> [UInt8] {
        let (width, height) = (Int32(picture.width), Int32(picture.height))
        var output: UnsafeMutablePointer<UInt8>?
        var length: UInt = 0
        defer { tjFree(output) }
        let status = picture.samples.withUnsafeBufferPointer { samples in
            switch picture.layout {
            case .planes(let subsampling):
                var strides =
                    subsampling.planes(width: picture.width, height: picture.height)
                    .map { Int32($0.width) } + [0, 0]
                // The encoder only reads; withPlanes serves the decoder too and therefore takes mutable memory.
                let samples = UnsafeMutableBufferPointer(mutating: samples)
                return subsampling.withPlanes(of: samples, width: picture.width, height: picture.height) { addresses in
                    addresses.withMemoryRebound(to: UnsafePointer<UInt8>?.self, capacity: 3) { addresses in
                        tjCompressFromYUVPlanes(
                            handle, addresses, width, &strides, height, subsampling.turbo, &output, &length,
                            Int32(quality), TJFLAG_ACCURATEDCT)
                    }
                }
            case .rgb(let subsampling):
                precondition(samples.count >= picture.width * picture.height * 3)
                return tjCompress2(
                    handle, samples.baseAddress, width, 0, height, TJPF_RGB.rawValue, &output, &length,
                    subsampling.turbo, Int32(quality), TJFLAG_ACCURATEDCT)
            }
        }
        guard status == 0, let output else {
            throw .damaged(
                "its samples could not be encoded", cause: tjGetErrorStr2(handle).map { String(cString: $0) })
        }
        let jpeg = UnsafeBufferPointer(start: output, count: Int(length))
        // Behind the start marker, and behind JFIF's segment, which has to come first.
        var head = 2
        if jpeg.count > 6, jpeg[3] == JPEGMarker.app0 { head += 2 + Int(jpeg[4]) << 8 + Int(jpeg[5]) }
        var result: [UInt8] = []
        result.reserveCapacity(jpeg.count + segments.count)
        result += jpeg[..<head]
        result += segments
        result += jpeg[head...]
        return result
    }
}
