import CFFmpeg
import Decoding
import Imaging

/// Decodes the picture of a HEIF or AVIF file, tile by tile: of the whole picture only one row of tiles is in memory.
struct HEIFDecoding {
    private let picture: HEIFPicture
    private let order: DecoderOrder

    init(_ main: borrowing MainFile, _ order: DecoderOrder) throws(DecoderFault) {
        self.order = order
        do throws(ImagingError) {
            picture = try main.withBytes { (bytes) throws(ImagingError) in try HEIFPicture(bytes) }
        } catch {
            throw DecoderFault(error)
        }
    }

    func decode(_ main: borrowing MainFile, _ memory: inout PictureMemory) throws(DecoderFault) {
        try order.check(picture.width, picture.height)
        // Colours may be coarser than brightness: the part begins at an even place.
        let shown = picture.crop.map {
            HEIFPicture.Crop(x: $0.x & ~1, y: $0.y & ~1, width: $0.width, height: $0.height)
        }
        let size = JPEGMainDecoder.scaledSize(
            width: shown?.width ?? picture.width, height: shown?.height ?? picture.height, edge: order.edge)
        var colour = CodedColour()
        let tiles = TileRows(picture, order)
        let builder = try tiles.build(main, size: size, shown: shown, colour: &colour) { layout throws(DecoderFault) in
            try memory.begin(layout)
        }
        if let alpha = picture.alpha {
            let flat = try AlphaPlane(
                alpha, main, order, size: size, whole: (picture.width, picture.height), shown: shown)
            flat.blend(into: builder.layout, builder.target, isMultiplied: picture.isPremultiplied)
        }
        memory.finish(
            orientation: picture.orientation, exif: picture.exif, xmp: picture.xmp, profile: profile(colour))
    }

    /// The profile of the file, or one that fits what the picture says of its colours.
    private func profile(_ colour: CodedColour) -> [UInt8]? {
        if !colour.isHighRange {
            for case .profile(let profile) in picture.colours { return profile }
        }
        return Gamut(colour).profile
    }
}

extension DecoderFault {
    /// What our own parsers say.
    init(_ error: ImagingError) {
        let refusal: DecoderAnswer.Refusal =
            switch error.code {
            case .notAnImage: .notAnImage
            case .endsEarly: .endsEarly
            case .overLimit: .overLimit
            case .unsupported: .unsupported
            case .outOfMemory: .outOfMemory
            default: .damaged
            }
        self.init(refusal, error.fault)
    }
}
