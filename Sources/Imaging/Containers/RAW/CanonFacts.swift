import Model

/// What the boxes of a Canon CR3 say that have EXIF in them: its first directory in `CMT1`, its second in `CMT2`, that of
/// GPS in `CMT4`.
///
/// Source: Laurent Clévy, "Describing the Canon Raw v3 (CR3) file format" (github.com/lclevy/canon_cr3).
struct CanonFacts: Sendable {
    /// The name of the box around them.
    static let metadata: [UInt8] = [
        0x85, 0xC0, 0xB6, 0x87, 0x82, 0x0F, 0x11, 0xE0, 0x81, 0x11, 0xF4, 0xCE, 0x46, 0x2B, 0x6A, 0x48,
    ]

    private var first: ExifFacts?
    private var taken: CaptureTime?
    private var place: Place?

    mutating func read(_ type: FourCC, _ content: [UInt8]) {
        guard let block = TIFFBlock(content) else { return }
        let entries = block.entries(at: block.main)
        switch type {
        case "CMT1": first = ExifFacts(block)
        case "CMT2": taken = ExifFacts.time(block, exif: entries)
        default: place = ExifFacts.place(block, entries)
        }
    }

    /// Adds what is known by now.
    func tell(_ facts: inout ImageFacts) {
        facts.capture = CaptureFacts(time: taken, place: place).completed(by: first?.capture)
        guard let first else { return }
        facts.orientation = first.orientation
        facts.size = first.storedSize.flatMap { .upright($0.width, $0.height, orientation: first.orientation) }
    }
}
