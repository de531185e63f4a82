/// The members of a recipe's JSON object: known ones, each once, with values of the right kind.
struct RecipeFields {
    /// The image that it is pinned to, where it is.
    private(set) var image: ImageID?
    private var turn = 0
    private var isMirrored = false
    private var crop: Crop?
    private var isBlackAndWhite = false
    private var isPNG = false
    private var amounts: [Adjustment: Amount] = [:]

    init(json: some Collection<UInt8>) throws(Recipe.Refusal) {
        guard json.count <= Recipe.mostBytes else {
            throw Recipe.Refusal("it has \(json.count) bytes, more than \(Recipe.mostBytes)")
        }
        var scanner = RecipeScanner(Array(json))
        var version: RecipeScanner.Value?
        var members = try scanner.document()
        if let index = members.firstIndex(where: { $0.name == "recipe" }) { version = members.remove(at: index).value }
        // A recipe of another version may have anything in it, so this is told first.
        guard let version else { throw Recipe.Refusal("it does not say \"recipe\":\(Recipe.version)") }
        guard try Self.number(version, "recipe").scaled(by: 0, "recipe") == Recipe.version else {
            throw Recipe.Refusal("it is of a version that this node does not know; update this node")
        }
        for member in members { try take(member.name, member.value) }
    }

    func look() throws(Recipe.Refusal) -> Look {
        try Look(
            turns: turn / 90, isMirrored: isMirrored, crop: crop, isBlackAndWhite: isBlackAndWhite, isPNG: isPNG,
            amounts)
    }

    private mutating func take(_ name: String, _ value: RecipeScanner.Value) throws(Recipe.Refusal) {
        switch name {
        case "image":
            guard case .text(let text) = value, let image = ImageID(text) else {
                throw Recipe.Refusal("image is not 64 hexadecimal digits")
            }
            self.image = image
        case "turn":
            turn = try Self.number(value, name).scaled(by: 0, name)
            guard [0, 90, 180, 270].contains(turn) else {
                throw Recipe.Refusal("turn \(turn) is not 0, 90, 180 or 270")
            }
        case "mirror": isMirrored = try Self.flag(value, name)
        case "blackAndWhite": isBlackAndWhite = try Self.flag(value, name)
        case "png": isPNG = try Self.flag(value, name)
        case "crop": crop = try Self.crop(value)
        default:
            guard let adjustment = Adjustment(rawValue: name) else {
                throw Recipe.Refusal("this node knows no operation '\(name)'")
            }
            let amount = Amount(thousandths: try Self.number(value, name).scaled(by: 3, name))
            try adjustment.check(amount)
            amounts[adjustment] = amount
        }
    }

    private static func crop(_ value: RecipeScanner.Value) throws(Recipe.Refusal) -> Crop {
        guard case .members(let members) = value else { throw Recipe.Refusal("crop is not an object") }
        var sides: [String: Int] = [:]
        for member in members {
            guard ["left", "top", "width", "height"].contains(member.name) else {
                throw Recipe.Refusal("crop has no '\(member.name)'")
            }
            sides[member.name] = try number(member.value, "crop").scaled(by: 6, "crop")
        }
        guard let left = sides["left"], let top = sides["top"], let width = sides["width"],
            let height = sides["height"]
        else { throw Recipe.Refusal("crop is without one of left, top, width and height") }
        return try Crop(left: left, top: top, width: width, height: height)
    }

    private static func number(_ value: RecipeScanner.Value, _ name: String) throws(Recipe.Refusal) -> RecipeNumber {
        guard case .number(let number) = value else { throw Recipe.Refusal("\(name) is not a number") }
        return number
    }

    private static func flag(_ value: RecipeScanner.Value, _ name: String) throws(Recipe.Refusal) -> Bool {
        guard case .flag(let flag) = value else { throw Recipe.Refusal("\(name) is neither true nor false") }
        return flag
    }
}
