import Model

/// The metadata of a rendition or a preview: what is kept of its source, and what it says about itself.
struct RenditionHead {
    /// The source's.
    var exif: TIFFBlock?
    /// The source's, where it describes the pixels that are written.
    var profile: ICCProfile?
    /// The payload of the XMP segment.
    var marker: [UInt8]
    var limits: ImagingLimits

    /// The segments, for a picture of these pixels that is to be seen so.
    func segments(width: Int, height: Int, _ orientation: Orientation) -> [(code: UInt8, payload: [UInt8])] {
        var segments: [(code: UInt8, payload: [UInt8])] = []
        if let written = exif(width: width, height: height, orientation) {
            segments.append((JPEGMarker.app1, Array("Exif\0\0".utf8) + written))
        }
        segments.append((JPEGMarker.app1, marker))
        segments += (profile?.payloads ?? []).map { (JPEGMarker.app2, $0) }
        return segments
    }

    /// The same as chunks of a PNG.
    func chunks(width: Int, height: Int, _ orientation: Orientation) -> [(name: String, content: [UInt8])] {
        // Not compressed, in no language. First, as what it is made of is looked for near the beginning.
        let packet = marker.dropFirst(XMPProperties.signature.count)
        var chunks = [(name: "iTXt", content: Array("XML:com.adobe.xmp\0\0\0\0\0".utf8) + packet)]
        if let written = exif(width: width, height: height, orientation) { chunks.append(("eXIf", written)) }
        // A name for people, and how it is compressed.
        if let packed = profile.flatMap({ PNGWriter.packed($0.bytes) }) {
            chunks.append(("iCCP", Array("ICC profile\0\0".utf8) + packed))
        }
        return chunks
    }

    private func exif(width: Int, height: Int, _ orientation: Orientation) -> [UInt8]? {
        let size = PixelSize(width: width, height: height)
        // An upright picture without EXIF needs none.
        let source = exif ?? (orientation == .upright ? nil : TIFFBlock(TIFFWriter(isLittleEndian: true).bytes()))
        return source.flatMap {
            ExifRewriter.rewrite($0, size: size, orientation: orientation.exif, limits: limits)
        }
    }
}
