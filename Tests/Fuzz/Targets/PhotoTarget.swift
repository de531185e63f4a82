import Model

@testable import Imaging

/// Any file, as its bytes pass by.
@Sendable func readPhoto(_ file: [UInt8]) {
    let facts = ImageInspector.facts(of: file)
    for size in [1, 29, 4096] {
        var inspector = ImageInspector()
        for piece in pieces(of: file, size) { piece.withUnsafeBytes { inspector.consume($0) } }
        must(inspector.finish() == facts, "the cutting of a file changes its facts")
    }
    must((1...8).contains(facts.orientation), "a picture is turned as none can be")
    let sides = 1...(1 << 24)
    must(facts.size.map { sides.contains($0.width) && sides.contains($0.height) } ?? true, "a size is of no picture")
    _ = ImageInspector.endIsMissing(in: file)
    let read = ImageInspector.facts { Array(file[$0.clamped(to: 0..<file.count)]) }
    must(read.type == facts.type, "a file that is read is of another type")
    for capture in [facts.capture, read.capture] {
        let isClean = capture.camera?.unicodeScalars.allSatisfy {
            ![.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
        must(isClean ?? true && capture.camera?.isEmpty != true, "a camera's name is not for people to read")
        let block = CarriedExif.block(of: capture).flatMap(TIFFBlock.init)
        must(block.map { ExifFacts($0).capture.place } ?? capture.place == capture.place, "a place becomes another")
    }
}

/// The structure of a whole JPEG, and all that is made of it without decoding.
@Sendable func readJPEG(_ file: [UInt8]) {
    let layout = JPEGLayout(file.span)
    guard ImageType(head: file) == .jpeg else { return }
    let facts = ImageInspector.facts(of: file)
    let exif = layout.exif(of: file.span)
    must((exif.map { ExifFacts($0).orientation } ?? 1) == facts.orientation, "two readers turn a picture differently")
    for range in layout.exifAndXMP + layout.profileChunks { must(range.upperBound <= file.count, "a range is outside") }
    must(layout.readable.upperBound <= file.count, "the data ends behind the file")
    let words = PictureWords(layout, of: file.span)
    if let profile = ICCProfile(file.span, chunks: layout.profileChunks, limit: 4_000_000) {
        _ = (profile.describes(grey: true), profile.segments)
    }
    _ = KeptCopy(file, edge: 64, quality: 85)
    let check = ReducedCopyCheck(image: someImage, edge: 64, mainSize: nil)
    if let checked = try? check.check(file) {
        must(checked.marker?.image == someImage, "a copy of another image is taken")
    }
    guard layout.scans > 0 else { return }
    let marker = ReducedMarker(image: someImage, edge: 64, quality: 85)
    let head = [(code: JPEGMarker.app1, payload: marker.payload(with: words))]
    let spliced = LosslessRendering.spliced(file.span, layout, head)
    must(ImageInspector.facts(of: spliced).marker == marker, "the marker of a copy cannot be read back")
    guard (try? JPEGAdmission(limits: ImagingLimits()).check(layout)) != nil else { return }
    let main = PixelsDigest(file.span, layout)
    if main != nil {
        must(PixelsDigest(spliced.span, JPEGLayout(spliced.span)) == main, "another head makes it another picture")
    }
}

let someImage = ImageID(of: [])

/// Metadata in the TIFF structure.
@Sendable func readExif(_ bytes: [UInt8]) {
    guard let block = TIFFBlock(bytes) else { return }
    let facts = ExifFacts(block)
    let size = PixelSize(width: 64, height: 48)
    guard let rewritten = ExifRewriter.rewrite(block, size: size, limits: ImagingLimits()) else { return }
    must(rewritten.count <= 65_533 - 6, "EXIF was written that fits no segment")
    guard let again = TIFFBlock(rewritten) else { fatalError("EXIF that was written is none") }
    let kept = ExifFacts(again)
    must(kept.orientation == facts.orientation, "a copy is turned otherwise than its main")
    must(kept.captured == facts.captured, "a copy was taken at another time than its main")
    guard let turned = ExifRewriter.rewrite(block, size: size, orientation: 6, limits: ImagingLimits()) else { return }
    must(TIFFBlock(turned).map { ExifFacts($0).orientation } == 6, "an orientation that was written is another")
    if let seconds = ExifDate.seconds(bytes) {
        must(ExifDate.seconds(Array(ExifDate.text(seconds).utf8)) == seconds, "a time was read back as another")
    }
}

/// What is written in XMP: people's words, and our own markers.
@Sendable func readXMP(_ packet: [UInt8]) {
    check(PictureWords(xmp: packet, iptc: nil))
    let payload = XMPProperties.signature + packet
    if let marker = ReducedMarker(payload: payload.span) {
        must(ReducedMarker(payload: marker.payload.span) == marker, "a marker was read back as another")
    }
    let rendition = RenditionMarker(
        source: someImage, recipe: RecipeID(someImage.bytes), pipeline: 1)
    let written = rendition.payload(in: payload)
    must(written.count <= 65_533, "XMP was written that fits no segment")
    must(ReducedMarker(payload: written.span) == nil, "a rendition is taken for a reduced copy")
    must(RenditionMarker(payload: written.span) == rendition, "what a rendition says of itself cannot be read")
}

/// People's words in the older form.
@Sendable func readIPTC(_ bytes: [UInt8]) {
    check(PictureWords(xmp: nil, iptc: Array("Photoshop 3.0\0".utf8) + bytes))
}

/// Words that are written for a copy are read from it as the same, and are not taken for our marker.
private func check(_ words: PictureWords?) {
    guard let words else { return }
    let marker = ReducedMarker(image: someImage, edge: 64, quality: 85)
    let payload = marker.payload(with: words)
    must(payload.count <= 16_384, "words take more room than there is")
    must(ReducedMarker(payload: payload.span) == marker, "words change what a copy says of itself")
    guard let again = PictureWords(xmp: Array(payload.dropFirst(XMPProperties.signature.count)), iptc: nil) else {
        // There was no room for any.
        return
    }
    for (property, values) in again.values {
        must(values == words.values[property].map { Array($0.prefix(values.count)) }, "words were read back as others")
    }
    must(again.description == PictureWords(again).description, "words are written otherwise a second time")
}

extension PictureWords {
    /// As they are read from what they are written as.
    fileprivate init(_ words: PictureWords) {
        let packet = XMPProperties.payload([], and: words.description).dropFirst(XMPProperties.signature.count)
        guard let again = PictureWords(xmp: Array(packet), iptc: nil) else { fatalError("words cannot be read back") }
        self = again
    }
}

/// The head that a holder answers with in place of a copy whose picture is here.
@Sendable func readHead(_ head: [UInt8]) {
    guard let copy = keptCopy.with(head: head) else { return }
    let layout = JPEGLayout(copy.span)
    must(PixelsDigest(copy.span, layout) == keptCopy.kept.copy, "a head changes the picture")
    _ = try? ReducedCopyCheck(image: someImage, edge: 16, mainSize: nil).check(copy)
}

private let keptCopy: KeptCopy = {
    let photo = try? SamplePhoto(seed: 1, width: 32, height: 24).jpeg()
    let copy = photo.flatMap { try? Reducer().reduce(main: $0.span, image: someImage, edge: 16, quality: 85) }
    guard let kept = copy.flatMap({ KeptCopy($0, edge: 16, quality: 85) }) else { fatalError("a copy is none") }
    return kept
}()

/// Enough for every path of decoding, and not for seconds.
private let smallLimits: ImagingLimits = {
    var limits = ImagingLimits()
    (limits.pixels, limits.scans, limits.coefficientBytes) = (1 << 18, 20, 1 << 24)
    return limits
}()

/// A JPEG main that a reduced copy is made of: what Swift and libjpeg read of it has to fit together.
@Sendable func reduce(_ main: [UInt8]) {
    let reducer = Reducer(limits: smallLimits)
    guard let copy = try? reducer.reduce(main: main.span, image: someImage, edge: 16, quality: 50) else { return }
    do {
        let facts = try ReducedCopyCheck(image: someImage, edge: 16, mainSize: nil).check(copy)
        let mainFacts = ImageInspector.facts(of: main)
        must(facts.orientation == mainFacts.orientation, "a copy is turned otherwise than its main")
        must(facts.captured == mainFacts.captured, "a copy was taken at another time than its main")
    } catch {
        fatalError("a copy of our own is refused: \(error)")
    }
}

/// A JPEG main that a recipe is run on. The first byte says which.
@Sendable func render(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let recipe = Recipe(image: someImage, look: looks[Int(first) % looks.count])
    let renderer = Renderer(limits: smallLimits, threads: 1)
    guard let rendition = try? renderer.render(main: Array(bytes.dropFirst()), recipe: recipe) else { return }
    let facts = ImageInspector.facts(of: rendition)
    must(facts.marker == nil, "a rendition is taken for a reduced copy")
    let isMarked = facts.rendition?.source == someImage && facts.rendition?.recipe == recipe.id
    must(isMarked, "a rendition does not say so")
}

/// Without loss where that can be; turned and cut; between the pixels; with all that changes colours.
private let looks: [Look] = {
    do throws(Recipe.Refusal) {
        let half = try Crop(left: 250_000, top: 100_000, width: 500_000, height: 899_999)
        let light = Amount(thousandths: 1000)
        let colours: [Adjustment: Amount] = [
            .exposure: light, .temperature: light, .tint: light, .contrast: light, .highlights: light, .shadows: light,
            .saturation: light, .sharpen: light,
        ]
        return [
            try Look(turns: 1), try Look(turns: 2, isMirrored: true, crop: half), try Look(crop: half),
            try Look([.straighten: light]), try Look(isBlackAndWhite: true), try Look(crop: half, colours),
        ]
    } catch {
        fatalError("\(error)")
    }
}()
