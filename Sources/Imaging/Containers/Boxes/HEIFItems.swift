/// The items of a HEIF file's `meta` box: what they are, where their bytes lie, what belongs to them (ISO/IEC 14496-12,
/// section 8.11; ISO/IEC 23008-12, section 9).
///
/// Boxes are looked for where the standards put them and nowhere deeper, so that nesting costs nothing. What is not known
/// here (other items, groups, references, properties) is passed over.
struct HEIFItems: Sendable {
    /// Items and references of one file. A picture of 200 megapixels in tiles of 512×512 has some 800.
    static let mostItems = 10_000
    /// Extents of all items, and associations of properties, together.
    static let mostExtents = 100_000

    struct Item: Sendable {
        var type: FourCC = "    "
        /// Of a `mime` item.
        var contentType: [UInt8] = []
        /// Where its bytes lie in the file, in order. An upper bound of `Int.max` is the file's end.
        var extents: [Range<Int>] = []
        /// Whether its bytes lie somewhere else than in the file and in the box `idat`.
        var isElsewhere = false
        /// Indices in ``HEIFItems/properties``, in the order in which they apply.
        var properties: [Int] = []
    }

    /// References of one type from one item, or to one.
    private struct Reference: Hashable {
        var type: FourCC
        var item: Int
    }

    /// The item that is shown.
    private(set) var primary: Int?
    private(set) var items: [Int: Item] = [:]
    private var targets: [Reference: [Int]] = [:]
    private var sources: [Reference: [Int]] = [:]
    /// With their contents.
    private(set) var properties: [(type: FourCC, content: [UInt8])] = []

    private var extentsLeft = Self.mostExtents

    /// - Parameters:
    ///   - meta: the content of the box `meta`.
    ///   - origin: where it begins in the file.
    init(_ meta: Span<UInt8>, origin: Int) throws(ImagingError) {
        guard meta.count >= 4 else { throw .damaged("its box 'meta' is empty") }
        let boxes = meta.boxes(in: 4..<meta.count)
        if let box = boxes.first(where: { $0.isCut }) {
            throw .damaged("its box '\(box.type)' is longer than the box around it")
        }
        func first(_ type: FourCC) -> ISOBox? { boxes.first { $0.type == type } }

        if let box = first("pitm") {
            var fields = BoxFields(box)
            let version = try fields.versionAndFlags(meta).version
            primary = try fields.number(version == 0 ? 2 : 4, meta)
        }
        if let box = first("iinf") { try readInfos(box, meta) }
        let data = first("idat").map { origin + $0.payload.lowerBound..<origin + $0.payload.upperBound }
        if let box = first("iloc") { try readLocations(box, meta, data: data) }
        if let box = first("iref") { try readReferences(box, meta) }
        if let box = first("iprp") { try readProperties(box, meta) }
    }

    /// Where the last byte of all items lies in the file, at least.
    var end: Int {
        items.values.lazy.filter { !$0.isElsewhere }.flatMap(\.extents)
            .map { $0.upperBound == .max ? $0.lowerBound : $0.upperBound }.max() ?? 0
    }

    /// The items to which `item` refers by `type`, in order.
    func targets(of item: Int, by type: FourCC) -> [Int] {
        targets[Reference(type: type, item: item)] ?? []
    }

    /// The items that refer to `item` by `type`.
    func sources(of item: Int, by type: FourCC) -> [Int] {
        sources[Reference(type: type, item: item)] ?? []
    }

    /// The properties of an item in the order in which they apply.
    func properties(of item: Int) -> [(type: FourCC, content: [UInt8])] {
        items[item]?.properties.map { properties[$0] } ?? []
    }

    /// The content of the first property of this type.
    func property(_ type: FourCC, of item: Int) -> [UInt8]? { properties(of: item).first { $0.type == type }?.content }

    private mutating func readInfos(_ box: ISOBox, _ meta: Span<UInt8>) throws(ImagingError) {
        var fields = BoxFields(box)
        let version = try fields.versionAndFlags(meta).version
        let count = try fields.number(version == 0 ? 2 : 4, meta)
        try Self.check(items: count)
        for entry in meta.boxes(in: fields.rest).prefix(count) where entry.type == "infe" {
            var fields = BoxFields(entry)
            let version = try fields.versionAndFlags(meta).version
            // Versions 0 and 1 have no type; no picture is among them.
            guard version >= 2 else { continue }
            let id = try fields.number(version == 2 ? 2 : 4, meta)
            // Protection.
            _ = try fields.number(2, meta)
            let type = try fields.name(meta)
            var item = Item(type: type)
            if type == "mime" {
                // The item's own name comes first.
                _ = fields.text(meta)
                item.contentType = fields.text(meta)
            }
            if items[id] == nil { items[id] = item }
        }
    }

    private mutating func readLocations(
        _ box: ISOBox, _ meta: Span<UInt8>, data: Range<Int>?
    ) throws(ImagingError) {
        var fields = BoxFields(box)
        let version = try fields.versionAndFlags(meta).version
        let sizes = try fields.number(2, meta)
        let (offsetSize, lengthSize, baseSize) = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15)
        let indexSize = version == 1 || version == 2 ? sizes & 15 : 0
        guard version <= 2, [offsetSize, lengthSize, baseSize, indexSize].allSatisfy({ [0, 4, 8].contains($0) }) else {
            throw .damaged("its box 'iloc' has fields of a length that there is none of")
        }
        let count = try fields.number(version < 2 ? 2 : 4, meta)
        try Self.check(items: count)
        for _ in 0..<count {
            let id = try fields.number(version < 2 ? 2 : 4, meta)
            let method = version == 0 ? 0 : try fields.number(2, meta) & 15
            let reference = try fields.number(2, meta)
            let base = try fields.number(baseSize, meta)
            let extents = try fields.number(2, meta)
            extentsLeft -= extents
            guard extentsLeft >= 0 else { throw .overLimit("more than \(Self.mostExtents) extents") }
            var ranges: [Range<Int>] = []
            for _ in 0..<extents {
                _ = try fields.number(indexSize, meta)
                let offset = try fields.number(offsetSize, meta)
                let length = try fields.number(lengthSize, meta)
                let range = try Self.range(base, offset, length, within: method == 1 ? data : 0..<Int.max)
                ranges.append(range)
            }
            guard var item = items[id], item.extents.isEmpty else { continue }
            item.extents = ranges
            item.isElsewhere = reference != 0 || method > 1
            items[id] = item
        }
    }

    /// The place of an extent in the file. A length of 0 is all that there is.
    private static func range(
        _ base: Int, _ offset: Int, _ length: Int, within space: Range<Int>?
    ) throws(ImagingError) -> Range<Int> {
        let (start, isFar) = base.addingReportingOverflow(offset)
        guard let space, !isFar, start <= space.count, length <= space.count - start else {
            throw .damaged("its box 'iloc' points to bytes that the file does not have")
        }
        let from = space.lowerBound + start
        return from..<(length == 0 ? space.upperBound : from + length)
    }

    private mutating func readReferences(_ box: ISOBox, _ meta: Span<UInt8>) throws(ImagingError) {
        var fields = BoxFields(box)
        let size = try fields.versionAndFlags(meta).version == 0 ? 2 : 4
        let boxes = meta.boxes(in: fields.rest)
        try Self.check(items: boxes.count)
        for entry in boxes {
            var fields = BoxFields(entry)
            let from = try fields.number(size, meta)
            let count = try fields.number(2, meta)
            extentsLeft -= count
            guard extentsLeft >= 0 else { throw .overLimit("more than \(Self.mostExtents) references") }
            for _ in 0..<count {
                let to = try fields.number(size, meta)
                targets[Reference(type: entry.type, item: from), default: []].append(to)
                sources[Reference(type: entry.type, item: to), default: []].append(from)
            }
        }
    }

    private mutating func readProperties(_ box: ISOBox, _ meta: Span<UInt8>) throws(ImagingError) {
        let boxes = meta.boxes(in: box.payload)
        guard let container = boxes.first(where: { $0.type == "ipco" }) else { return }
        properties = meta.boxes(in: container.payload).map { ($0.type, meta.copy($0.payload)) }
        try Self.check(items: properties.count)
        for entry in boxes where entry.type == "ipma" {
            var fields = BoxFields(entry)
            let (version, flags) = try fields.versionAndFlags(meta)
            let count = try fields.number(4, meta)
            try Self.check(items: count)
            for _ in 0..<count {
                let id = try fields.number(version == 0 ? 2 : 4, meta)
                let associations = try fields.number(1, meta)
                extentsLeft -= associations
                guard extentsLeft >= 0 else { throw .overLimit("more than \(Self.mostExtents) properties of items") }
                for _ in 0..<associations {
                    // The highest bit says that the property is essential. Indices count from 1.
                    let index = flags & 1 == 1 ? try fields.number(2, meta) & 0x7FFF : try fields.number(1, meta) & 0x7F
                    if properties.indices.contains(index - 1) { items[id]?.properties.append(index - 1) }
                }
            }
        }
    }

    private static func check(items: Int) throws(ImagingError) {
        guard items <= mostItems else { throw .overLimit("\(items) items, more than the limit of \(mostItems)") }
    }
}
