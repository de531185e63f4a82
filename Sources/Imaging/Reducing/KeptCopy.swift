public import Model

/// A reduced copy of what a main was before: its picture serves for the main as it is now, where only what is written about
/// it was changed.
public struct KeptCopy: Sendable {
    /// What tells the holder whether it does.
    public let kept: KeptPicture
    private let copy: [UInt8]

    /// Nil for a copy that was made for another size or quality, or in another way, or that says nothing of its main's
    /// picture, or that anybody has changed since.
    public init?(_ copy: [UInt8], edge: Int, quality: Int) {
        let layout = JPEGLayout(copy.span)
        guard let payload = layout.xmp(of: copy.span), let marker = ReducedMarker(payload: payload.span),
            marker.edge == edge, marker.quality == quality, marker.pipeline == ReducedMarker.currentPipeline,
            marker.preview == nil, !marker.isCut,
            let properties = XMPProperties(payload: payload.span),
            let main = properties.text("Pixels").flatMap(PixelsDigest.init),
            let own = PixelsDigest(copy.span, layout), properties.text("Coded").flatMap(PixelsDigest.init) == own
        else { return nil }
        kept = KeptPicture(main: main, copy: own)
        self.copy = copy
    }

    /// The copy with the head that the holder answered with; nil when that is none. To be checked like any other copy.
    public func with(head: [UInt8]) -> [UInt8]? {
        var segments: [(code: UInt8, payload: [UInt8])] = []
        var offset = 0
        while offset < head.count {
            guard offset + 4 <= head.count, head[offset] == 0xFF,
                head[offset + 1] == JPEGMarker.app1 || head[offset + 1] == JPEGMarker.app2
            else { return nil }
            let length = Int(head[offset + 2]) << 8 | Int(head[offset + 3])
            guard length >= 2, offset + 2 + length <= head.count else { return nil }
            segments.append((head[offset + 1], Array(head[offset + 4..<offset + 2 + length])))
            offset += 2 + length
        }
        return segments.isEmpty ? nil : LosslessRendering.spliced(copy.span, JPEGLayout(copy.span), segments)
    }

    /// Whether an answer is a whole copy rather than a head.
    public static func isWhole(_ answer: [UInt8]) -> Bool {
        answer.starts(with: [0xFF, JPEGMarker.startOfImage])
    }
}

extension PixelsDigest {
    /// Bytes of a file that is worth the memory for a copy of it.
    private static let mostBytes = 64_000_000

    /// Of a whole JPEG; nil of any other file.
    init?(_ file: Span<UInt8>, _ layout: JPEGLayout) {
        guard layout.end != nil, layout.scans > 0, file.count <= Self.mostBytes else { return nil }
        self.init(ImageID(of: LosslessRendering.spliced(file, layout, [])).bytes)
    }
}
