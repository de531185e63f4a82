import Model

extension Reducer {
    /// A picture of another type as a JPEG of its full size, for a recipe to be run on: as good as eight bits are, with its
    /// EXIF, its profile and its XMP, and without a marker of ours.
    func whole(_ main: Span<UInt8>) throws(ImagingError) -> [UInt8] {
        let decoded = try decoder(for: main).decode(main, edge: 65_535)
        let picture = decoded.picture
        let bare = try TurboEncoder().jpeg(picture, quality: 100)
        let size = PixelSize(width: picture.width, height: picture.height)
        var segments: [(code: UInt8, payload: [UInt8])] = []
        if let exif = self.exif(decoded.exif, size, orientation: decoded.orientation) {
            segments.append((JPEGMarker.app1, exif))
        }
        let packet = XMPProperties.signature + (decoded.xmp ?? [])
        if decoded.xmp != nil, packet.count <= JPEGMarker.longestPayload { segments.append((JPEGMarker.app1, packet)) }
        segments += (decoded.profile?.payloads ?? []).map { (JPEGMarker.app2, $0) }
        return LosslessRendering.spliced(bare.span, JPEGLayout(bare.span), segments)
    }
}
