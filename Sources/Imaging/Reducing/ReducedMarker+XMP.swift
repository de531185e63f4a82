import Model

/// The marker as an XMP packet, and back.
extension ReducedMarker {
    /// What a JPEG's APP1 segment with XMP begins with.
    static var signature: [UInt8] { XMPProperties.signature }

    /// The APP1 segment.
    var segment: [UInt8] { JPEGMarker.segment(JPEGMarker.app1, payload) }

    /// What is in it.
    var payload: [UInt8] { payload(with: nil) }

    /// The same with people's words on the main, and with what tells whether the picture of an earlier copy serves still.
    func payload(with words: PictureWords?, keeping kept: KeptPicture? = nil) -> [UInt8] {
        var properties = [
            (name: "Image", value: "\(image)"), (name: "Edge", value: "\(edge)"),
            (name: "Quality", value: "\(quality)"), (name: "Pipeline", value: "\(pipeline)"),
        ]
        if isCut { properties.append((name: "Cut", value: "1")) }
        if let preview { properties.append((name: "Preview", value: "\(preview)")) }
        if let kept {
            properties += [(name: "Pixels", value: "\(kept.main)"), (name: "Coded", value: "\(kept.copy)")]
        }
        return XMPProperties.payload(properties, and: words?.description)
    }

    /// Reads the payload of an APP1 segment; nil when it is not XMP, or has no image id under our namespace.
    ///
    /// What other programs lost beside the image id reads as the least value there is: a copy is then made anew sooner
    /// rather than taken for a main.
    init?(payload: Span<UInt8>) {
        guard let properties = XMPProperties(payload: payload),
            let image = properties.text("Image").flatMap(ImageID.init)
        else { return nil }
        self.init(
            image: image, edge: properties.number("Edge", 1...65_535), quality: properties.number("Quality", 0...100),
            pipeline: properties.number("Pipeline", 0...1_000_000),
            preview: properties.text("Preview").flatMap(RecipeID.init), isCut: properties.number("Cut", 0...1) == 1)
    }
}
