import Model

/// Decodes RAW mains through the largest JPEG that the camera embedded, with the RAW's own EXIF and orientation.
struct RAWMainDecoder: MainDecoder {
    let limits: ImagingLimits
    let raw: RAWPicture

    func decode(_ main: Span<UInt8>, edge: Int) throws(ImagingError) -> DecodedMain {
        guard let jpeg = raw.jpeg else { throw .unknownKind("a RAW file without an embedded JPEG") }
        var decoded = try JPEGMainDecoder(limits: limits).decode(main.extracting(jpeg), edge: edge)
        decoded.exif = raw.exif.flatMap(TIFFBlock.init) ?? decoded.exif
        decoded.words = raw.xmp.flatMap { PictureWords(xmp: $0, iptc: nil) } ?? decoded.words
        // What is kept of a copy when its main changes is found again only in JPEGs.
        decoded.pixels = nil
        return decoded
    }
}
