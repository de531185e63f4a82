import Model

/// Decodes JPEG mains at a scale of M/8, in the form in which they are coded wherever that can be encoded again.
package struct JPEGMainDecoder: MainDecoder {
    let limits: ImagingLimits

    func decode(_ main: Span<UInt8>, edge: Int) throws(ImagingError) -> DecodedMain {
        let layout = JPEGLayout(main)
        let frame = try JPEGAdmission(limits: limits).check(layout)
        let (width, height) = Self.scaledSize(width: frame.width, height: frame.height, edge: edge)
        let (picture, missesData) = try TurboDecoder.read(main, layout) {
            (jpeg: Span<UInt8>, decoder: borrowing TurboDecoder) throws(ImagingError) -> (Picture, Bool) in
            let picture = try Self.picture(of: jpeg, frame, width, height, decoder)
            return (picture, decoder.missesData)
        }
        let profile = ICCProfile(main, chunks: layout.profileChunks, limit: limits.profileBytes)
        return DecodedMain(
            picture: picture,
            exif: layout.exif(of: main),
            profile: profile.flatMap { $0.describes(grey: picture.isGrey) ? $0 : nil },
            words: PictureWords(layout, of: main),
            // Of four inks an earlier version made other colours, which must not be kept.
            pixels: missesData || frame.components.count == 4 ? nil : PixelsDigest(main, layout),
            isCut: layout.end == nil || missesData)
    }

    /// The size at the smallest scale of M/8 whose long edge is at least `edge`, with M at most 8.
    package static func scaledSize(width: Int, height: Int, edge: Int) -> (width: Int, height: Int) {
        func scaled(_ side: Int, _ eighths: Int) -> Int { (side * eighths + 7) / 8 }
        let eighths = (1..<8).first { scaled(max(width, height), $0) >= edge } ?? 8
        return (scaled(width, eighths), scaled(height, eighths))
    }

    private static func picture(
        of main: Span<UInt8>, _ frame: JPEGFrame, _ width: Int, _ height: Int,
        _ decoder: borrowing TurboDecoder
    ) throws(ImagingError) -> Picture {
        func packed(_ format: TurboDecoder.PixelFormat) throws(ImagingError) -> [UInt8] {
            try decoder.pixels(of: main, width: width, height: height, format: format)
        }
        // Where samples have to be converted, colour stays as fine as it was, or nearly: 4:2:0 for all that is coarser.
        let isFine = Set(frame.components).count == 1
        let converted: ChromaSubsampling = isFine ? .s444 : .s420

        switch (try decoder.colourSpace(of: main), frame.subsampling) {
        case (.grey, .grey?):
            return try decoder.planes(of: main, width: width, height: height, subsampling: .grey)
        case (.grey, _):
            return Picture(width: width, height: height, layout: .planes(.grey), samples: try packed(.grey))
        case (.yCbCr, let subsampling?) where subsampling != .grey:
            return try decoder.planes(of: main, width: width, height: height, subsampling: subsampling)
        case (.yCbCr, _), (.rgb, _):
            return Picture(width: width, height: height, layout: .rgb(converted), samples: try packed(.rgb))
        case (.cmyk, _), (.ycck, _):
            var samples = try packed(.cmyk)
            CMYKConversion.toRGB(&samples)
            return Picture(width: width, height: height, layout: .rgb(converted), samples: samples)
        case (nil, _):
            throw .unsupported("of \(frame.components.count) colour components without a known meaning")
        }
    }
}
