import CTurboJPEG

/// The sizes of planes, as TurboJPEG has them.
extension ChromaSubsampling {
    var turbo: Int32 {
        let value =
            switch self {
            case .s444: TJSAMP_444
            case .s422: TJSAMP_422
            case .s420: TJSAMP_420
            case .s440: TJSAMP_440
            case .s411: TJSAMP_411
            case .grey: TJSAMP_GRAY
            }
        return Int32(value.rawValue)
    }

    /// Width and height of each plane of a picture, in samples.
    package func planes(width: Int, height: Int) -> [(width: Int, height: Int)] {
        (0..<(self == .grey ? 1 : 3)).map { component in
            (
                Int(tjPlaneWidth(component, Int32(width), turbo)),
                Int(tjPlaneHeight(component, Int32(height), turbo))
            )
        }
    }

    /// Calls `body` with the address of each plane in `samples`, which holds all of them.
    func withPlanes<Result>(
        of samples: UnsafeMutableBufferPointer<UInt8>, width: Int, height: Int,
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>) -> Result
    ) -> Result {
        var offset = 0
        var addresses: [UnsafeMutablePointer<UInt8>?] = planes(width: width, height: height).map { plane in
            defer { offset += plane.width * plane.height }
            return samples.baseAddress.map { $0 + offset }
        }
        precondition(offset <= samples.count)
        addresses += [UnsafeMutablePointer<UInt8>?](repeating: nil, count: 3 - addresses.count)
        return addresses.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("three addresses are no empty array") }
            return body(base)
        }
    }
}
