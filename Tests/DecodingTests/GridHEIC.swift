import Imaging
import TestSupport

/// A HEIC in a grid of four tiles, as phones write them and Debian's tools do not: put together of four that
/// `heif-enc` writes.
enum GridHEIC {
    /// A side of a tile; the whole is a little smaller than two of them.
    static let tile = 128, side = 250

    /// - Parameter turns: quarters by which it is turned counterclockwise to be seen (`irot`).
    static func make(_ colours: [[Int]], turns: UInt8) throws -> [UInt8] {
        var configuration: [UInt8] = []
        let tiles = try colours.map { colour in
            let name = "xc:rgb(\(colour.map(String.init).joined(separator: ",")))"
            let flat = try ImagingTool.run("convert", ["-size", "\(tile)x\(tile)", name, "PNG24:-"])
            let file = try Made.by("heif-enc", ["-q", "95", "IN", "-o", "OUT"], from: flat, to: "heic")
            let picture = try HEIFPicture(file.span)
            configuration = picture.configuration
            return picture.tiles[0].parts.flatMap { file[$0] }
        }
        let head = box("ftyp", text("heic") + number(0, 4) + text("mif1") + text("heic"))
        // Its length does not depend on the places in it.
        let length = head.count + meta(configuration, tiles, start: 0, turns).count
        return head + meta(configuration, tiles, start: length + 8, turns) + box("mdat", tiles.flatMap { $0 })
    }

    private static func meta(
        _ configuration: [UInt8], _ tiles: [[UInt8]], start: Int, _ turns: UInt8
    ) -> [UInt8] {
        let items = [("grid", 1)] + (0..<tiles.count).map { ("hvc1", $0 + 2) }
        let infos = items.flatMap {
            box("infe", number(2 << 24, 4) + number($0.1, 2) + number(0, 2) + text($0.0) + [0])
        }
        let properties =
            box("hvcC", configuration) + box("ispe", number(0, 4) + number(tile, 4) + number(tile, 4))
            + box("ispe", number(0, 4) + number(side, 4) + number(side, 4)) + box("irot", [turns])
        var associations = number(items.count, 4) + number(1, 2) + [2, 3, 0x84]
        for (_, item) in items.dropFirst() { associations += number(item, 2) + [2, 0x81, 2] }
        // Version 1: the grid itself stands in 'idat'.
        var places = [0x44, 0] + number(items.count, 2) + number(1, 2) + number(1, 2) + number(0, 2) + number(1, 2)
        places += number(0, 4) + number(8, 4)
        var place = start
        for (index, bytes) in tiles.enumerated() {
            places += number(index + 2, 2) + number(0, 2) + number(0, 2) + number(1, 2) + number(place, 4)
            places += number(bytes.count, 4)
            place += bytes.count
        }
        let references = number(1, 2) + number(tiles.count, 2) + items.dropFirst().flatMap { number($0.1, 2) }
        return box(
            "meta",
            number(0, 4) + box("hdlr", number(0, 8) + text("pict") + [UInt8](repeating: 0, count: 13))
                + box("pitm", number(0, 4) + number(1, 2)) + box("iinf", number(0, 4) + number(items.count, 2) + infos)
                + box("iref", number(0, 4) + box("dimg", references))
                + box("iprp", box("ipco", properties) + box("ipma", number(0, 4) + associations))
                + box("idat", [0, 0, 1, 1] + number(side, 2) + number(side, 2))
                + box("iloc", number(1 << 24, 4) + places))
    }

    private static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        number(content.count + 8, 4) + text(type) + content
    }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func number(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * (size - 1 - $0))) }
    }
}
