import Model

/// The faces that people marked in a picture, and named (Metadata Working Group, Guidelines for Handling Image Metadata
/// 2.0, 5.9). Places are in fractions of the picture, so they are those of its reduced copy too.
struct FaceRegions: Hashable {
    /// A rectangle, a circle or a point.
    struct Region: Hashable {
        var name: String?
        var type: String?
        /// Of its middle, `x` and `y`; its size, `w` and `h`, or `d`.
        var area: [String: String]
    }

    private(set) var regions: [Region] = []
    /// The pixel size that the places were taken at: tells whether the picture was cropped or turned since.
    private var dimensions: PixelSize?

    private static let most = 100
    private static let longestName = 500
    private static let types = ["Face", "Pet", "Focus", "BarCode"]

    /// Reads a `mwg-rs:Regions`; nil when there is no region in it.
    init?(_ element: XMLElement) {
        let name = PictureWords.name
        if let size = Self.part(name("mwg-rs", "AppliedToDimensions"), of: element) {
            let sides = ["w", "h"].compactMap { Self.text(name("stDim", $0), of: size).flatMap { Int($0) } }
            if sides.count == 2, sides.allSatisfy((1...1 << 24).contains) {
                dimensions = PixelSize(width: sides[0], height: sides[1])
            }
        }
        let list = Self.part(name("mwg-rs", "RegionList"), of: element)
        let bag = list?.child(name("rdf", "Bag")) ?? list?.child(name("rdf", "Seq"))
        for item in (bag?.children ?? []).prefix(Self.most) {
            guard let place = Self.part(name("mwg-rs", "Area"), of: item) else { continue }
            var area: [String: String] = [:]
            for key in ["x", "y", "w", "h", "d"] {
                guard let value = Self.text(name("stArea", key), of: place).flatMap({ Double($0) }),
                    (0...1).contains(value)
                else { continue }
                area[key] = Self.decimal(value)
            }
            guard area["x"] != nil, area["y"] != nil else { continue }
            let type = Self.text(name("mwg-rs", "Type"), of: item)
            regions.append(
                Region(
                    name: Self.text(name("mwg-rs", "Name"), of: item).flatMap {
                        PictureWords.clean($0, most: Self.longestName)
                    },
                    type: type.flatMap { Self.types.contains($0) ? $0 : nil }, area: area))
        }
        if regions.isEmpty { return nil }
    }

    /// A field of a structure, which may stand in it or in a description in it.
    private static func part(_ name: XMLElement.Name, of element: XMLElement) -> XMLElement? {
        element.child(name) ?? element.child(PictureWords.name("rdf", "Description"))?.child(name)
    }

    private static func text(_ name: XMLElement.Name, of element: XMLElement) -> String? {
        element.attributes[name] ?? part(name, of: element)?.text
            ?? element.child(PictureWords.name("rdf", "Description"))?.attributes[name]
    }

    /// A number from 0 to 1 with six places, always in the same form.
    private static func decimal(_ value: Double) -> String {
        let millionths = Int((value * 1e6).rounded())
        if millionths == 1_000_000 { return "1" }
        let digits = "\(millionths)"
        return "0." + String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// The element with as many of the faces as there is room for; nil where there is room for none.
    func element(room: Int) -> String? {
        let items = regions.map { region in
            let name = region.name.map { " mwg-rs:Name=\"\(PictureWords.escaped($0))\"" } ?? ""
            let type = region.type.map { " mwg-rs:Type=\"\($0)\"" } ?? ""
            let area = region.area.sorted { $0.key < $1.key }.map { " stArea:\($0.key)=\"\($0.value)\"" }.joined()
            return "\n    <rdf:li><rdf:Description\(name)\(type)><mwg-rs:Area\(area) stArea:unit=\"normalized\"/>"
                + "</rdf:Description></rdf:li>"
        }
        let fitting = PictureWords.fitting(items, room)
        if fitting.isEmpty { return nil }
        var size = ""
        if let dimensions {
            let sides = "stDim:w=\"\(dimensions.width)\" stDim:h=\"\(dimensions.height)\""
            size = "<mwg-rs:AppliedToDimensions \(sides) stDim:unit=\"pixel\"/>"
        }
        return "<mwg-rs:Regions rdf:parseType=\"Resource\">\(size)<mwg-rs:RegionList><rdf:Bag>\(fitting)</rdf:Bag>"
            + "</mwg-rs:RegionList></mwg-rs:Regions>"
    }
}
