package import Imaging

/// What a decoder answers: a head, and behind it at most 300 bytes of text. The pixels are in the memory of the order.
package struct DecoderAnswer: Hashable, Sendable {
    /// Why there is no picture.
    package enum Refusal: UInt8, Sendable {
        case notAnImage = 1, unsupported, endsEarly, damaged, overLimit, outOfMemory
        /// A wall does not hold; the text says which.
        case noWall
    }

    /// Nil where there is a picture.
    package var refusal: Refusal?
    package var layout = PixelLayout(.rgb(.s444), width: 0, height: 0)
    package var orientation = 1
    package var isCut = false
    /// Bytes of each, in this order behind the pixels; 0 where there is none.
    package var exif = 0, xmp = 0, profile = 0
    /// One bit for each wall that holds.
    package var walls = DecoderWalls()
    /// What is wrong with the file, for a person.
    package var text = ""

    package init() {}

    /// Bytes of the longest.
    package static let mostBytes = 40 + 300
    private static let mark = Array("MSa1".utf8)

    package var bytes: [UInt8] {
        var bytes = Self.mark
        bytes += [refusal?.rawValue ?? 0, layout.code, UInt8(clamping: orientation), isCut ? 1 : 0]
        for number in [layout.width, layout.height, exif, xmp, profile, Int(walls.rawValue)] {
            bytes.append(number, size: 4)
        }
        bytes += [UInt8](repeating: 0, count: 40 - bytes.count)
        return bytes + text.utf8.prefix(300)
    }

    /// Nil for what is no answer. Nothing but the form is looked at.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= 40, bytes.starts(with: Self.mark), bytes[7] <= 1,
            let kind = PixelLayout.kind(bytes[5])
        else { return nil }
        if bytes[4] != 0 {
            guard let refusal = Refusal(rawValue: bytes[4]) else { return nil }
            self.refusal = refusal
        }
        (orientation, isCut) = (Int(bytes[6]), bytes[7] == 1)
        let (width, height) = (bytes.number(at: 8, size: 4), bytes.number(at: 12, size: 4))
        layout = PixelLayout(kind, width: width, height: height)
        (exif, xmp, profile) = (
            bytes.number(at: 16, size: 4), bytes.number(at: 20, size: 4), bytes.number(at: 24, size: 4)
        )
        walls = DecoderWalls(rawValue: UInt32(truncatingIfNeeded: bytes.number(at: 28, size: 4)))
        text = Self.clean(bytes[40...].prefix(300))
    }

    /// Printable characters alone: a terminal may show it.
    private static func clean(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.filter { (0x20...0x7E).contains($0) }, as: UTF8.self)
    }
}
