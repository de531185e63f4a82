import Model

/// Puts together the picture that a HEIF file shows from its items.
struct HEIFAssembly {
    /// Pictures that stand for another one, one after the other.
    private static let mostIdentities = 16
    /// Bytes of one EXIF or XMP item. Phones write some kilobytes, with depth maps some megabytes.
    private static let mostMetadata = 16_000_000
    /// Bytes that say how a picture is coded. Those of HEVC are some hundred.
    private static let longestConfiguration = 65_535
    /// Longest side; what file info takes.
    private static let longestSide = 1 << 24

    private static let codings: [FourCC: HEIFPicture.Coding] = [
        "hvc1": .hevc, "hev1": .hevc, "av01": .av1, "jpeg": .jpeg,
    ]
    /// Names of the alpha plane: of HEVC, and of all codings.
    private static let alphaNames = ["urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"]

    let items: HEIFItems

    /// The picture with its metadata and its alpha plane.
    func picture(_ file: Span<UInt8>) throws(ImagingError) -> HEIFPicture {
        let primary = try primary()
        var result = try picture(of: primary, file, depth: 0)
        result.exif = exif(of: primary).flatMap { metadata($0, file) }.flatMap(Self.tiff)
        result.xmp = xmp(of: primary).flatMap { metadata($0, file) }
        let plane = items.sources(of: primary, by: "auxl").first { id in
            items.property("auxC", of: id).map { content in
                Self.alphaNames.contains { content.dropFirst(4).prefix { $0 != 0 }.elementsEqual($0.utf8) }
            } ?? false
        }
        if let plane {
            result.planes = [try picture(of: plane, file, depth: 0)]
            result.isPremultiplied = items.targets(of: primary, by: "prem").contains(plane)
        }
        return result
    }

    /// The item that is shown.
    func primary() throws(ImagingError) -> Int {
        guard let primary = items.primary, items.items[primary] != nil else {
            throw .damaged("it does not say which of its pictures is shown")
        }
        return primary
    }

    /// The item with the EXIF of a picture: that which says so, or the only one.
    func exif(of item: Int) -> Int? { description(of: item) { $0.type == "Exif" } }

    private func xmp(of item: Int) -> Int? {
        description(of: item) { $0.type == "mime" && $0.contentType.elementsEqual("application/rdf+xml".utf8) }
    }

    private func description(of item: Int, _ isWanted: (HEIFItems.Item) -> Bool) -> Int? {
        let all = items.items.filter { isWanted($0.value) }.map(\.key)
        let own = Set(items.sources(of: item, by: "cdsc"))
        return all.filter(own.contains).min() ?? (all.count == 1 ? all[0] : nil)
    }

    /// The TIFF structure in the content of an `Exif` item, which says where it begins. Some writers say it wrongly.
    static func tiff(_ content: [UInt8]) -> [UInt8]? {
        guard let offset = content.span.big(at: 0, size: 4) else { return nil }
        return [offset, 6, 0].lazy.compactMap { offset in
            guard offset <= content.count - 4, TIFFBlock(Array(content[(4 + offset)...].prefix(8))) != nil else {
                return nil
            }
            return Array(content[(4 + offset)...])
        }.first
    }

    private func picture(of id: Int, _ file: Span<UInt8>, depth: Int) throws(ImagingError) -> HEIFPicture {
        guard let item = items.items[id] else { throw .damaged("a picture that it refers to is missing") }
        if let coding = Self.codings[item.type] {
            var picture = try coded(id, item, coding, file)
            dress(&picture, id, isTurned: false)
            return picture
        }
        switch item.type {
        case "grid":
            var picture = try grid(id, item, file)
            dress(&picture, id, isTurned: false)
            return picture
        case "iden", "tmap":
            // An identity is another picture with other properties; the picture of a tone map is the first that it is made
            // of.
            guard depth < Self.mostIdentities, let target = items.targets(of: id, by: "dimg").first else {
                throw .damaged("its picture stands for others without end")
            }
            var picture = try picture(of: target, file, depth: depth + 1)
            if item.type == "iden" { dress(&picture, id, isTurned: true) }
            return picture
        case "iovl": throw .unknownKind("an overlay of several pictures")
        default: throw .unknownKind("coded as '\(item.type)'")
        }
    }

    /// Applies the properties of an item to its picture.
    private func dress(_ picture: inout HEIFPicture, _ id: Int, isTurned: Bool) {
        let properties = items.properties(of: id)
        var geometry = HEIFGeometry(
            width: picture.width, height: picture.height, crop: picture.crop,
            orientation: Orientation(exif: isTurned ? picture.orientation : 1))
        for property in properties { geometry.apply(property.type, property.content) }
        (picture.crop, picture.orientation) = (geometry.crop, geometry.orientation.exif)
        let own = properties.filter { $0.type == "colr" }.compactMap { Self.colour($0.content.span) }
        let profile = own.first(where: \.isProfile) ?? picture.colours.first(where: \.isProfile)
        let numbers = own.first { !$0.isProfile } ?? picture.colours.first { !$0.isProfile }
        picture.colours = [profile, numbers].compactMap { $0 }
    }

    private static func colour(_ content: Span<UInt8>) -> HEIFPicture.Colour? {
        if content.begins(with: "nclx") {
            guard let primaries = content.big(at: 4, size: 2), let transfer = content.big(at: 6, size: 2),
                let matrix = content.big(at: 8, size: 2), let range = content.big(at: 10, size: 1)
            else { return nil }
            return .coded(primaries: primaries, transfer: transfer, matrix: matrix, isFullRange: range & 0x80 != 0)
        }
        guard content.begins(with: "prof") || content.begins(with: "rICC"), content.count > 4 else { return nil }
        return .profile(content.copy(4..<content.count))
    }

    private func coded(
        _ id: Int, _ item: HEIFItems.Item, _ coding: HEIFPicture.Coding, _ file: Span<UInt8>
    ) throws(ImagingError) -> HEIFPicture {
        let (width, height) = try size(of: id)
        let parts = try parts(of: item, file)
        let name: FourCC = coding == .hevc ? "hvcC" : coding == .av1 ? "av1C" : "jpgC"
        let configuration = items.property(name, of: id)
        guard configuration.map({ $0.count <= Self.longestConfiguration }) ?? (coding == .jpeg) else {
            throw .damaged("it does not say how its picture is coded")
        }
        return HEIFPicture(
            coding: coding, configuration: configuration ?? [], tiles: [HEIFPicture.Tile(parts: parts)],
            tileWidth: width, tileHeight: height)
    }

    private func grid(_ id: Int, _ item: HEIFItems.Item, _ file: Span<UInt8>) throws(ImagingError) -> HEIFPicture {
        let plan = try bytes(of: item, file, most: 12)
        let sides = plan.count > 1 && plan[1] & 1 == 1 ? 4 : 2
        guard plan.count >= 4, let width = plan.span.big(at: 4, size: sides),
            let height = plan.span.big(at: 4 + sides, size: sides)
        else { throw .damaged("the description of its tiles is cut") }
        let (rows, columns) = (Int(plan[2]) + 1, Int(plan[3]) + 1)
        let targets = items.targets(of: id, by: "dimg")
        guard targets.count == rows * columns else {
            throw .damaged("it says that it has \(columns) by \(rows) tiles, and has \(targets.count)")
        }
        var whole: HEIFPicture?
        for target in targets {
            guard let item = items.items[target], let coding = Self.codings[item.type] else {
                throw .damaged("a tile of its picture is missing, or is none")
            }
            var tile = try coded(target, item, coding, file)
            guard var all = whole else {
                dress(&tile, target, isTurned: false)
                (tile.crop, tile.orientation) = (nil, 1)
                whole = tile
                continue
            }
            guard tile.coding == all.coding, tile.configuration == all.configuration, tile.tileWidth == all.tileWidth,
                tile.tileHeight == all.tileHeight
            else { throw .unknownKind("made of tiles of several kinds") }
            whole = nil
            all.tiles += tile.tiles
            whole = all
        }
        guard var whole, (1...whole.tileWidth * columns).contains(width), (1...whole.tileHeight * rows).contains(height)
        else { throw .damaged("its tiles do not cover it") }
        (whole.columns, whole.rows, whole.width, whole.height) = (columns, rows, width, height)
        return whole
    }

    /// The size of a picture as it is to be seen and how it is to be turned, by its properties alone; nil where they do not
    /// tell.
    func seen(_ id: Int) -> (size: PixelSize, orientation: Int)? {
        var (chain, last) = ([id], id)
        while chain.count <= Self.mostIdentities, let item = items.items[last], ["iden", "tmap"].contains(item.type),
            let target = items.targets(of: last, by: "dimg").first
        {
            chain.append(target)
            last = target
        }
        guard let (width, height) = try? size(of: last) else { return nil }
        var geometry = HEIFGeometry(width: width, height: height)
        for id in chain.reversed() where id == last || items.items[id]?.type == "iden" {
            for property in items.properties(of: id) { geometry.apply(property.type, property.content) }
        }
        let (cutWidth, cutHeight) = geometry.crop.map { ($0.width, $0.height) } ?? (width, height)
        let orientation = geometry.orientation.exif
        return PixelSize.upright(cutWidth, cutHeight, orientation: orientation).map { ($0, orientation) }
    }

    private func size(of id: Int) throws(ImagingError) -> (Int, Int) {
        guard let content = items.property("ispe", of: id), let width = content.span.big(at: 4, size: 4),
            let height = content.span.big(at: 8, size: 4), (1...Self.longestSide).contains(width),
            (1...Self.longestSide).contains(height)
        else { throw .damaged("it does not say how large its picture is") }
        return (width, height)
    }

    /// Where an item's bytes lie, all inside of the file.
    private func parts(of item: HEIFItems.Item, _ file: Span<UInt8>) throws(ImagingError) -> [Range<Int>] {
        if item.isElsewhere { throw .unknownKind("in another file, or in another item") }
        var left = file.count
        var parts: [Range<Int>] = []
        for extent in item.extents {
            parts.append(extent.clamped(to: 0..<file.count))
            // So that a small file cannot be read as a large one, extents together are no longer than the file.
            left -= parts[parts.count - 1].count
        }
        guard left >= 0 else { throw .damaged("its box 'iloc' points to the same bytes several times") }
        guard left < file.count else { throw .damaged("its box 'iloc' says nothing about where its picture is") }
        return parts
    }

    private func bytes(
        of item: HEIFItems.Item, _ file: Span<UInt8>, most: Int
    ) throws(ImagingError) -> [UInt8] {
        var content: [UInt8] = []
        for part in try parts(of: item, file) {
            content += file.copy(part.lowerBound..<min(part.upperBound, part.lowerBound + most - content.count))
        }
        return content
    }

    /// The bytes of an item beside the picture; nil where they cannot be had, which the picture survives.
    private func metadata(_ id: Int, _ file: Span<UInt8>) -> [UInt8]? {
        guard let item = items.items[id], let content = try? bytes(of: item, file, most: Self.mostMetadata + 1),
            content.count <= Self.mostMetadata
        else { return nil }
        return content
    }
}

extension HEIFPicture.Colour {
    fileprivate var isProfile: Bool { if case .profile = self { true } else { false } }
}
