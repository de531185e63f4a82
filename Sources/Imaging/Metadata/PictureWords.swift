/// What people wrote about a picture: rating, label, keywords, title, caption, creator, rights, place and faces.
///
/// Read from a main's XMP and IPTC, and written into the XMP of its reduced copy. Nothing else of them is carried: what is
/// written is made anew of clean text, so it is well-formed whatever the main's is.
struct PictureWords: Hashable {
    /// How a property's values stand in XMP (ISO 16684-1, 7.5 to 7.7).
    enum Kind: String { case plain, alternatives = "Alt", bag = "Bag", sequence = "Seq" }

    /// A property that is carried.
    struct Property: Hashable {
        var prefix: String
        var local: String
        var kind: Kind
    }

    /// The values of each property that has any, in order.
    private(set) var values: [Property: [String]] = [:]
    var regions: FaceRegions?

    /// Bytes of one value: a caption of some pages.
    static let longestValue = 4_000
    /// Values of one property.
    static let mostValues = 256
    /// Bytes of all of it as it is written. With the marker it is at most 16 KiB, a hundredth of a reduced copy.
    static let mostBytes = 15_000

    /// Those that are carried, the most missed first: where there is no room for all, the last are left out.
    static let properties: [Property] = [
        Property(prefix: "xmp", local: "Rating", kind: .plain),
        Property(prefix: "xmp", local: "Label", kind: .plain),
        Property(prefix: "dc", local: "title", kind: .alternatives),
        Property(prefix: "dc", local: "description", kind: .alternatives),
        Property(prefix: "dc", local: "creator", kind: .sequence),
        Property(prefix: "dc", local: "rights", kind: .alternatives),
        Property(prefix: "photoshop", local: "Headline", kind: .plain),
        Property(prefix: "photoshop", local: "City", kind: .plain),
        Property(prefix: "photoshop", local: "State", kind: .plain),
        Property(prefix: "photoshop", local: "Country", kind: .plain),
        Property(prefix: "Iptc4xmpCore", local: "Location", kind: .plain),
        Property(prefix: "Iptc4xmpCore", local: "CountryCode", kind: .plain),
        Property(prefix: "dc", local: "subject", kind: .bag),
        Property(prefix: "Iptc4xmpExt", local: "PersonInImage", kind: .bag),
        Property(prefix: "lr", local: "hierarchicalSubject", kind: .bag),
        Property(prefix: "digiKam", local: "TagsList", kind: .sequence),
    ]

    static let namespaces = [
        "xmp": "http://ns.adobe.com/xap/1.0/", "dc": "http://purl.org/dc/elements/1.1/",
        "photoshop": "http://ns.adobe.com/photoshop/1.0/",
        "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
        "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "lr": "http://ns.adobe.com/lightroom/1.0/",
        "digiKam": "http://www.digikam.org/ns/1.0/", "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
        "stArea": "http://ns.adobe.com/xmp/sType/Area#", "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    ]

    static func name(_ prefix: String, _ local: String) -> XMLElement.Name {
        XMLElement.Name(namespace: namespaces[prefix] ?? "", local: local)
    }

    /// What is written in a main; nil when there is nothing. What stands in the XMP counts before what stands in the IPTC.
    ///
    /// - Parameters:
    ///   - xmp: the packet.
    ///   - iptc: the payload of the main's APP13 segment.
    init?(xmp: [UInt8]?, iptc: [UInt8]?) {
        if let root = xmp.flatMap({ XMLParser.root(of: $0) }) { read(root) }
        if let iptc {
            for (property, texts) in IPTCWords.read(iptc) where values[property] == nil { set(property, texts) }
        }
        if values.isEmpty && regions == nil { return nil }
    }

    /// What is written in a JPEG.
    init?(_ layout: JPEGLayout, of file: Span<UInt8>) {
        self.init(
            xmp: layout.xmp(of: file).map { Array($0.dropFirst(XMPProperties.signature.count)) },
            iptc: layout.imageResources.map { file.copy($0) })
    }

    private mutating func read(_ root: XMLElement) {
        let rdf = root.name == Self.name("rdf", "RDF") ? root : root.child(Self.name("rdf", "RDF"))
        for description in rdf?.children ?? [] where description.name == Self.name("rdf", "Description") {
            for property in Self.properties where values[property] == nil {
                let name = Self.name(property.prefix, property.local)
                if let text = description.attributes[name] {
                    set(property, [text])
                } else if let element = description.child(name) {
                    set(property, Self.texts(of: element))
                }
            }
            let faces = description.child(Self.name("mwg-rs", "Regions"))
            if regions == nil, let faces { regions = FaceRegions(faces) }
        }
    }

    /// The values of a property's element: those of a list, of alternatives that for everybody first, or its own text.
    private static func texts(of element: XMLElement) -> [String] {
        let lists = [Kind.alternatives, .bag, .sequence].map { name("rdf", $0.rawValue) }
        guard let list = element.children.first(where: { lists.contains($0.name) }) else { return [element.text] }
        let items = list.children.filter { $0.name == name("rdf", "li") }
        let language = XMLElement.Name(namespace: "http://www.w3.org/XML/1998/namespace", local: "lang")
        let forAll = items.filter { $0.attributes[language] == "x-default" }
        return (forAll + items.filter { $0.attributes[language] != "x-default" }).map(\.text)
    }

    private mutating func set(_ property: Property, _ texts: [String]) {
        var clean: [String] = []
        for text in texts.prefix(Self.mostValues) {
            guard let text = Self.clean(text), !clean.contains(text) else { continue }
            clean.append(text)
        }
        if property.kind == .plain || property.kind == .alternatives { clean = Array(clean.prefix(1)) }
        if property.local == "Rating" {
            clean = clean.compactMap { Double($0) }.filter { (-1...5).contains($0) }.map { "\(Int($0))" }
        }
        if !clean.isEmpty { values[property] = clean }
    }

    /// The text without control characters and what XML cannot have, cut to the longest that is carried; nil when nothing
    /// is left, and for what looks like our own marker, which programs find in the packet by its looks.
    static func clean(_ text: String, most: Int = longestValue) -> String? {
        var result = ""
        var room = most
        var last: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            defer { last = scalar }
            if scalar == "\n" && last == "\r" { continue }
            let kept: Unicode.Scalar = scalar == "\r" ? "\n" : scalar
            guard kept == "\n" || kept == "\t" || !(kept.value < 0x20 || (0x7F...0x9F).contains(kept.value)),
                kept.value & 0xFFFE != 0xFFFE
            else { continue }
            room -= UTF8.width(kept)
            if room < 0 { break }
            result.unicodeScalars.append(kept)
        }
        while let first = result.unicodeScalars.first, first.properties.isWhitespace {
            result.unicodeScalars.removeFirst()
        }
        while let last = result.unicodeScalars.last, last.properties.isWhitespace {
            result.unicodeScalars.removeLast()
        }
        return result.isEmpty || markers.contains(where: result.contains) ? nil : result
    }

    /// What our markers are found by, also after another program has rewritten the packet.
    private static let markers =
        [ReducedMarker.namespace]
        + [
            "Image", "Edge", "Quality", "Pipeline", "Cut", "Preview", "Pixels", "Coded", "Source", "Recipe", "Renderer",
        ].map { "mainstay:\($0)" }

    /// The text as it stands in an element or in an attribute with either quote.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            case "\n": result += "&#10;"
            case "\t": result += "&#9;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// The element with these words, for a packet of XMP; of a list for which there is no room, its beginning.
    var description: String {
        var body = ""
        var declared: [String] = []
        func declaration(_ prefix: String) -> String { "\n    xmlns:\(prefix)=\"\(Self.namespaces[prefix] ?? "")\"" }
        // The element itself, and the tags of a property, need some of the room.
        func room() -> Int {
            Self.mostBytes - body.utf8.count - declared.reduce(300) { $0 + declaration($1).utf8.count }
        }
        func add(_ element: String, _ prefixes: [String]) {
            let new = prefixes.filter { !declared.contains($0) }
            guard element.utf8.count + new.reduce(0, { $0 + declaration($1).utf8.count }) <= room() else { return }
            declared += new
            body += "\n   \(element)"
        }
        for property in Self.properties {
            guard let values = values[property] else { continue }
            let tag = "\(property.prefix):\(property.local)"
            guard property.kind != .plain else {
                add("<\(tag)>\(Self.escaped(values[0]))</\(tag)>", [property.prefix])
                continue
            }
            let language = property.kind == .alternatives ? " xml:lang=\"x-default\"" : ""
            let items = Self.fitting(values.map { "<rdf:li\(language)>\(Self.escaped($0))</rdf:li>" }, room() - 300)
            if items.isEmpty { continue }
            add(
                "<\(tag)><rdf:\(property.kind.rawValue)>\(items)</rdf:\(property.kind.rawValue)></\(tag)>",
                [property.prefix])
        }
        if let element = regions?.element(room: room() - 1_000) { add(element, ["mwg-rs", "stArea", "stDim"]) }
        return "<rdf:Description rdf:about=\"\"\(declared.map(declaration).joined())>\(body)\n  </rdf:Description>"
    }

    /// As many of the items as there is room for.
    static func fitting(_ items: [String], _ room: Int) -> String {
        var result = ""
        for item in items {
            guard result.utf8.count + item.utf8.count <= room else { break }
            result += item
        }
        return result
    }
}
