/// The canonical JSON of looks and recipes, and the reading of theirs.
///
/// ```json
/// {"recipe":1,"image":"64 digits","turn":90,"mirror":true,"straighten":-1.5,
///  "crop":{"left":0.1,"top":0,"width":0.8,"height":1},
///  "exposure":0.5,"temperature":12,"tint":-3,"contrast":10,"highlights":-20,"shadows":15,"saturation":5,
///  "blackAndWhite":true,"sharpen":30,"png":true}
/// ```
/// Canonical is this order, on one line, without what changes nothing. Read is any order and white space.
extension Look {
    /// The canonical JSON of this look: a recipe's, without `image`.
    public var json: [UInt8] { json(for: nil) }

    func json(for image: ImageID?) -> [UInt8] {
        var text = "{\"recipe\":\(Recipe.version)"
        func add(_ adjustments: Adjustment...) {
            for adjustment in adjustments where self[adjustment] != .zero {
                text += ",\"\(adjustment.rawValue)\":\(self[adjustment])"
            }
        }
        if let image { text += ",\"image\":\"\(image)\"" }
        if turns != 0 { text += ",\"turn\":\(turns * 90)" }
        if isMirrored { text += ",\"mirror\":true" }
        add(.straighten)
        if let crop {
            let sides = [("left", crop.left), ("top", crop.top), ("width", crop.width), ("height", crop.height)]
            let members = sides.map { "\"\($0.0)\":\(RecipeNumber.text($0.1, decimals: 6))" }
            text += ",\"crop\":{" + members.joined(separator: ",") + "}"
        }
        add(.exposure, .temperature, .tint, .contrast, .highlights, .shadows, .saturation)
        if isBlackAndWhite { text += ",\"blackAndWhite\":true" }
        add(.sharpen)
        if isPNG { text += ",\"png\":true" }
        return Array((text + "}").utf8)
    }

    /// Reads a look, such as a person's own file. One that is pinned to an image is taken without its pin.
    ///
    /// - Throws: `Recipe.Refusal`. Nothing in the bytes is trusted.
    public init(json: some Collection<UInt8>) throws(Recipe.Refusal) {
        self = try RecipeFields(json: json).look()
    }
}

extension Recipe {
    /// Reads a recipe, from a peer too: nothing in the bytes is trusted, and nothing later needs to doubt it.
    ///
    /// - Throws: a refusal with the one reason that was found first.
    public init(json: some Collection<UInt8>) throws(Refusal) {
        let fields = try RecipeFields(json: json)
        guard let image = fields.image else { throw Refusal("it names no image") }
        self.init(image: image, look: try fields.look())
    }
}
