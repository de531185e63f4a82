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
        let size = PixelSize(width: width, height: height)
        // An upright picture without EXIF needs none.
        let source = exif ?? (orientation == .upright ? nil : TIFFBlock(TIFFWriter(isLittleEndian: true).bytes()))
        let written = source.flatMap {
            ExifRewriter.rewrite($0, size: size, orientation: orientation.exif, limits: limits)
        }
        if let written { segments.append((JPEGMarker.app1, Array("Exif\0\0".utf8) + written)) }
        segments.append((JPEGMarker.app1, marker))
        segments += (profile?.payloads ?? []).map { (JPEGMarker.app2, $0) }
        return segments
    }
}
