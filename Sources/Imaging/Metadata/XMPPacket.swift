/// The XMP of a main, taken over into a rendition: ratings, captions and names stay.
enum XMPPacket {
    /// What speaks of bytes that a rendition does not have: further parts of the XMP, and pictures or films behind the
    /// picture.
    private static let strange = ["HasExtendedXMP", "Container:Directory", "MotionPhoto", "MicroVideo", "hdrgm:"]

    /// Bytes of a segment's payload.
    private static let most = 65_533

    /// The payload of an APP1 segment with these properties of ours, and all of `original` that can stay.
    ///
    /// - Parameter original: the payload of the main's own segment; nil where it has none.
    static func payload(_ properties: [(name: String, value: String)], in original: [UInt8]?) -> [UInt8] {
        let plain = XMPProperties.payload(properties)
        guard let original, original.count < most else { return plain }
        let start = Array("<rdf:Description rdf:about=\"\" xmlns:mainstay=\"".utf8)
        // Without what an earlier rendition said of itself.
        var packet: [UInt8] = []
        var rest = original[...]
        while let first = offset(of: start, in: rest), let last = offset(of: Array("/>".utf8), in: rest[first...]) {
            packet += rest[..<first]
            rest = rest[(last + 2)...]
        }
        packet += rest
        // Our own properties are found by their looks, wherever they stand: nobody else's may stand before them.
        let isStrange = (strange + [ReducedMarker.namespace, "mainstay:", "tiff:Orientation"]).contains { word in
            offset(of: Array(word.utf8), in: packet[...]) != nil
        }
        guard !isStrange, let end = offset(of: Array("</rdf:RDF>".utf8), in: packet[...]) else { return plain }
        let result = packet[..<end] + Array(XMPProperties.description(properties).utf8) + packet[end...]
        return result.count <= most ? Array(result) : plain
    }

    /// Where `needle` begins in `hay`.
    static func offset(of needle: [UInt8], in hay: ArraySlice<UInt8>) -> Int? {
        guard let first = needle.first else { return nil }
        var rest = hay
        while let place = rest.firstIndex(of: first) {
            rest = rest[place...]
            if rest.starts(with: needle) { return place }
            rest = rest.dropFirst()
        }
        return nil
    }
}
