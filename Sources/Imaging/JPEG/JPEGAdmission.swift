/// Whether a JPEG may be decoded at all, told from its layout before any memory is taken for its pixels.
struct JPEGAdmission {
    /// Pixels of one side that libjpeg takes (`JPEG_MAX_DIMENSION`); the format has room for 65,535.
    private static let longestSide = 65_500

    let limits: ImagingLimits

    /// The frame header of a JPEG of a kind that can be decoded, and within the limits, of which a part may be missing.
    func check(_ layout: JPEGLayout) throws(ImagingError) -> JPEGFrame {
        guard let frame = layout.frame else {
            if layout.end == nil { throw .endsEarly("it stops before the picture begins") }
            throw .damaged("it has no frame header")
        }
        try checkKind(frame)
        let pixels = frame.width * frame.height
        guard pixels <= limits.pixels else {
            throw .overLimit("\(frame.width)×\(frame.height) pixels, more than the limit of \(limits.pixels)")
        }
        guard max(frame.width, frame.height) <= Self.longestSide else {
            throw .unsupported("longer than \(Self.longestSide) pixels on one side")
        }
        guard layout.metadataBytes <= limits.metadataBytes else {
            throw .overLimit(
                "\(layout.metadataBytes) bytes of metadata, more than the limit of \(limits.metadataBytes)")
        }
        guard layout.scans <= limits.scans else {
            throw .overLimit("\(layout.scans) scans, more than the limit of \(limits.scans)")
        }
        let dataBytes = layout.readable.upperBound - layout.dataStart
        guard layout.scans > 0, dataBytes > 0 else {
            if layout.end == nil { throw .endsEarly("it stops before the picture begins") }
            throw .damaged("it has no picture data")
        }
        try checkCost(frame, layout, dataBytes: dataBytes)
        return frame
    }

    private func checkKind(_ frame: JPEGFrame) throws(ImagingError) {
        switch frame.marker {
        case 0xC0, 0xC1, 0xC2, 0xC9, 0xCA: break
        case 0xC3, 0xCB: throw .unsupported("a lossless one")
        default: throw .unsupported("a hierarchical one")
        }
        guard frame.precision == 8 else { throw .unsupported("one of \(frame.precision) bits a sample") }
        guard frame.width > 0 else { throw .damaged("its width is zero") }
        guard frame.height > 0 else { throw .unsupported("one that tells its height only behind its data") }
        guard frame.components.allSatisfy({ (1...4).contains($0.horizontal) && (1...4).contains($0.vertical) }) else {
            throw .damaged("its sampling factors are impossible")
        }
    }

    /// A header can claim millions of pixels in twenty bytes; memory is only taken for what can be there.
    private func checkCost(_ frame: JPEGFrame, _ layout: JPEGLayout, dataBytes: Int) throws(ImagingError) {
        // Huffman codes have at least one bit, and each block has one for its mean brightness. The arithmetic coder
        // needs less than a bit for what it foresees, so there the limits on pixels and coefficients have to do. Of a
        // picture that was cut there may be fewer; one of a usual size costs little.
        if !frame.isArithmetic, dataBytes * 8 < frame.blocks, frame.blocks > limits.blocksWithoutData {
            throw .endsEarly("\(dataBytes) bytes are too few for its \(frame.width)×\(frame.height) pixels")
        }
        // 64 coefficients of two bytes for each block, unless it can be decoded as it comes.
        let isBuffered = frame.isProgressive || layout.firstScanComponents < frame.components.count
        if isBuffered, frame.blocks * 128 > limits.coefficientBytes {
            throw .overLimit(
                "\(frame.width)×\(frame.height) pixels in several passes, which needs \(frame.blocks * 128) bytes of "
                    + "memory, more than the limit of \(limits.coefficientBytes)")
        }
    }
}
