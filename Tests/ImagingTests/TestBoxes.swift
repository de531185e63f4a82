/// Makes boxes of the ISO base media file format.
enum TestBoxes {
    static func big(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * (size - 1 - $0))) }
    }

    static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        big(content.count + 8, 4) + Array(type.utf8) + content
    }

    static func full(_ type: String, version: Int = 0, flags: Int = 0, _ content: [UInt8]) -> [UInt8] {
        box(type, big(version << 24 | flags, 4) + content)
    }
}

/// Makes HEIF files of boxes. What their pictures are made of is no picture.
struct TestHEIF {
    struct Item {
        var id: Int
        var type: String
        var content: [UInt8]
        /// In the box `idat`; otherwise in `mdat`.
        var isInline = false
        /// Indices in `properties`, from 1.
        var properties: [Int] = []
        /// What follows the name, of a `mime` item.
        var contentType = ""
        /// Pieces that the content is cut into.
        var extents = 1
    }

    var brands = ["heic", "mif1", "heic"]
    var primary = 1
    var items: [Item] = []
    var references: [(type: String, from: Int, to: [Int])] = []
    /// Whole boxes.
    var properties: [[UInt8]] = []
    /// Whole boxes at the end of `meta`.
    var others: [UInt8] = []
    /// Whether `mdat` stands before `meta`.
    var isMediaFirst = false
    /// Added to each offset in `mdat`.
    var shift = 0

    static func size(_ width: Int, _ height: Int) -> [UInt8] {
        TestBoxes.full("ispe", TestBoxes.big(width, 4) + TestBoxes.big(height, 4))
    }

    /// Says 10 bits.
    static let hevc = TestBoxes.box("hvcC", [UInt8](repeating: 1, count: 17) + [0xFA, 0, 0, 0, 0])

    static func crop(_ width: Int, _ height: Int, _ x: Int, _ y: Int, over: Int = 1) -> [UInt8] {
        TestBoxes.box("clap", [width, height, x, y].flatMap { TestBoxes.big($0, 4) + TestBoxes.big(over, 4) })
    }

    /// One picture of 64×48 in 10 bits.
    static func single(_ more: [[UInt8]] = []) -> TestHEIF {
        TestHEIF(
            items: [Item(id: 1, type: "hvc1", content: [1, 2, 3, 4, 5, 6], properties: Array(1...2 + more.count))],
            properties: [hevc, size(64, 48)] + more)
    }

    /// A grid of 3 by 2 tiles, 1,400×1,000 pixels.
    static func grid(tiles: Int = 6) -> TestHEIF {
        var result = TestHEIF(primary: 100, properties: [hevc, size(512, 512), size(1_400, 1_000)])
        let plan = [0, 0, 1, 2] + TestBoxes.big(1_400, 2) + TestBoxes.big(1_000, 2)
        result.items = (1...tiles).map { Item(id: $0, type: "hvc1", content: [9, UInt8($0)], properties: [1, 2]) }
        result.items.append(Item(id: 100, type: "grid", content: plan, isInline: true, properties: [3]))
        result.references = [("dimg", 100, Array(1...tiles))]
        return result
    }

    func file() -> [UInt8] {
        let type = TestBoxes.box(
            "ftyp", Array(brands[0].utf8) + [0, 0, 0, 0] + brands.dropFirst().flatMap { Array($0.utf8) })
        let media = TestBoxes.box("mdat", items.filter { !$0.isInline }.flatMap(\.content))
        if isMediaFirst { return type + media + meta(mediaStart: type.count + 8) }
        // The offsets do not change the length of what holds them.
        return type + meta(mediaStart: type.count + meta(mediaStart: 0).count + 8) + media
    }

    private func meta(mediaStart: Int) -> [UInt8] {
        let big = TestBoxes.big
        var locations = big(items.count, 2)
        var (media, inline) = (mediaStart + shift, 0)
        for item in items {
            locations += big(item.id, 2) + big(item.isInline ? 1 : 0, 2) + [0, 0] + big(item.extents, 2)
            for piece in 0..<item.extents {
                let length =
                    piece < item.extents - 1
                    ? item.content.count / item.extents
                    : item.content.count - item.content.count / item.extents * (item.extents - 1)
                locations += big(item.isInline ? inline : media, 4) + big(length, 4)
                if item.isInline { inline += length } else { media += length }
            }
        }
        let infos = items.map { item in
            let name = Array(item.type.utf8) + [0] + (item.type == "mime" ? Array(item.contentType.utf8) + [0] : [])
            return TestBoxes.full("infe", version: 2, big(item.id, 2) + [0, 0] + name)
        }
        let associations = items.flatMap { item in
            big(item.id, 2) + [UInt8(item.properties.count)] + item.properties.map { UInt8($0) }
        }
        let links = references.map { reference in
            TestBoxes.box(
                reference.type,
                big(reference.from, 2) + big(reference.to.count, 2) + reference.to.flatMap { big($0, 2) })
        }
        return TestBoxes.full(
            "meta",
            TestBoxes.full("hdlr", [0, 0, 0, 0] + Array("pict".utf8) + [UInt8](repeating: 0, count: 13))
                + TestBoxes.full("pitm", big(primary, 2))
                + TestBoxes.full("iinf", big(items.count, 2) + infos.joined())
                + TestBoxes.full("iloc", version: 1, [0x44, 0] + locations)
                + (links.isEmpty ? [] : TestBoxes.full("iref", Array(links.joined())))
                + TestBoxes.box(
                    "iprp",
                    TestBoxes.box("ipco", Array(properties.joined()))
                        + TestBoxes.full("ipma", big(items.count, 4) + associations))
                + TestBoxes.box("idat", items.filter(\.isInline).flatMap(\.content))
                + others)
    }
}
