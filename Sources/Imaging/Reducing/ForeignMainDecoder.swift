import Model

/// Has another decoder read a main of a type that this process does not decode itself.
struct ForeignMainDecoder: MainDecoder {
    let decoder: any PictureDecoding
    let type: ImageType
    let limits: ImagingLimits

    func decode(_ main: Span<UInt8>, edge: Int) throws(ImagingError) -> DecodedMain {
        DecodedMain(try decoder.decode(main, type, edge: edge, limits: limits), limits)
    }
}

extension DecodedMain {
    /// What another decoder handed over, as far as it can be carried.
    init(_ decoded: DecodedPicture, _ limits: ImagingLimits) {
        let layout: Picture.Layout =
            switch decoded.layout {
            case .planes(let subsampling): .planes(subsampling)
            case .rgb(let subsampling): .rgb(subsampling)
            }
        let picture = Picture(
            width: decoded.width, height: decoded.height, layout: layout, samples: decoded.samples)
        let profile = decoded.profile.flatMap { ICCProfile($0, limit: limits.profileBytes) }
        self.init(
            picture: picture,
            exif: decoded.exif.flatMap(TIFFBlock.init),
            orientation: decoded.orientation,
            profile: profile.flatMap { $0.describes(grey: picture.isGrey) ? $0 : nil },
            xmp: decoded.xmp,
            words: PictureWords(xmp: decoded.xmp, iptc: nil),
            isCut: decoded.isCut)
    }
}

extension TIFFWriter {
    /// EXIF that says nothing but how a picture is to be turned; nil where it is upright.
    static func bytes(orientation: Int) -> [UInt8]? {
        guard orientation != 1 else { return nil }
        var writer = TIFFWriter(isLittleEndian: false)
        writer.main = [writer.short(TIFFTag.orientation, orientation)]
        return writer.bytes()
    }
}
