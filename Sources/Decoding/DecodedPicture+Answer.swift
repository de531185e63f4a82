import Imaging

extension DecodedPicture {
    /// The picture that an answer speaks of, copied out of the memory, if it can be the answer to this order.
    init(_ answer: DecoderAnswer, _ order: DecoderOrder, _ memory: borrowing SharedMemory) throws(ImagingError) {
        if let refusal = answer.refusal { throw ImagingError(refusal, answer, order) }
        let layout = answer.layout
        guard (1...65_535).contains(layout.width), (1...65_535).contains(layout.height),
            layout.width * layout.height <= order.limits.pixels, (1...8).contains(answer.orientation),
            answer.exif <= PixelLayout.mostMetadata, answer.xmp <= PixelLayout.mostMetadata,
            answer.profile <= order.limits.profileBytes,
            layout.size + answer.exif + answer.xmp + answer.profile <= memory.size
        else { throw .damaged("the decoder gave an impossible answer") }

        self.init(
            width: layout.width, height: layout.height, layout: layout.kind, samples: memory.samples(layout))
        (orientation, isCut) = (answer.orientation, answer.isCut)
        var place = layout.size
        func next(_ count: Int) -> [UInt8]? {
            defer { place += count }
            return count == 0 ? nil : memory.copy(place..<place + count)
        }
        (exif, xmp, profile) = (next(answer.exif), next(answer.xmp), next(answer.profile))
    }
}

extension ImagingError {
    /// What a decoder's refusal means here.
    fileprivate init(_ refusal: DecoderAnswer.Refusal, _ answer: DecoderAnswer, _ order: DecoderOrder) {
        let text = answer.text
        self =
            switch refusal {
            case .notAnImage: .notAnImage(text.isEmpty ? "is no picture" : text)
            case .unsupported: .unknownKind(text.isEmpty ? "of an unusual kind" : text)
            case .endsEarly: .endsEarly(text.isEmpty ? "a part of its data is missing" : text)
            case .damaged: .damaged(text.isEmpty ? "it cannot be decoded" : text)
            case .overLimit: .overLimit(text.isEmpty ? "more than a decoder may take" : text)
            case .outOfMemory:
                ImagingError(.outOfMemory, "There is no memory for a picture of this size; it will be tried again.")
            case .noWall:
                ImagingError(
                    .noDecoder(order.type),
                    "Pictures of this type are not decoded on this machine: its kernel lacks \(text), without which "
                        + "a decoder is not safe.")
            }
    }
}
