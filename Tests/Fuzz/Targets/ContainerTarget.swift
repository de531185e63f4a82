import Model

@testable import Imaging

/// A HEIF or AVIF file: what its boxes say of the picture, and of its facts.
@Sendable func readHEIF(_ file: [UInt8]) {
    readPhoto(file)
    guard let picture = try? HEIFPicture(file.span) else { return }
    check(picture, file.count)
    if let alpha = picture.alpha { check(alpha, file.count) }
}

private func check(_ picture: HEIFPicture, _ length: Int) {
    must(picture.tiles.count == picture.columns * picture.rows, "a picture has not the tiles that it says")
    for tile in picture.tiles {
        must(tile.parts.allSatisfy { $0.upperBound <= length }, "a tile lies outside of the file")
    }
    must(picture.width <= picture.columns * picture.tileWidth, "tiles do not reach to the right")
    must(picture.height <= picture.rows * picture.tileHeight, "tiles do not reach to the bottom")
    must((1...8).contains(picture.orientation), "a picture is turned as none can be")
    guard let crop = picture.crop else { return }
    must(crop.x >= 0 && crop.y >= 0 && crop.width > 0 && crop.height > 0, "a part of a picture is none")
    must(crop.x + crop.width <= picture.width && crop.y + crop.height <= picture.height, "a part lies beside it")
}

/// A film, a PNG or a WebP: facts of its boxes, elements or chunks.
@Sendable func readContainer(_ file: [UInt8]) {
    readPhoto(file)
    let facts = ImageInspector.facts(of: file)
    must(facts.duration.map { $0 >= .zero && $0 < .seconds(366 * 86_400) } ?? true, "a film lasts as long as none")
}

/// A RAW file: its facts, and the JPEG in it with EXIF.
@Sendable func readRAW(_ file: [UInt8]) {
    readPhoto(file)
    guard let raw = RAWPicture(file.span) else { return }
    must(raw.orientation.map { (1...8).contains($0) } ?? true, "a picture is turned as none can be")
    if let exif = raw.exif { must(exif.count < 65_000 && TIFFBlock(exif) != nil, "EXIF was written that is none") }
    guard let jpeg = raw.jpeg else { return }
    must(jpeg.upperBound <= file.count, "a JPEG lies outside of the file")
    must(file[jpeg].starts(with: [0xFF, 0xD8]), "a JPEG is none")
}
