/// What a recipe does, without the image that it is for: one look can be pinned to many images.
///
/// However its parts were given, they are done in this order:
///
/// 1. turn, in quarter turns clockwise
/// 2. mirror, left to right
/// 3. straighten
/// 4. crop
/// 5. exposure
/// 6. temperature and tint
/// 7. contrast, highlights, shadows
/// 8. saturation
/// 9. black and white
/// 10. sharpen
///
/// It also says what the picture is to be: a JPEG, or a PNG. That alone changes nothing.
public struct Look: Hashable, Sendable {
    /// Quarter turns clockwise, 0 to 3, of the picture as it is seen.
    public let turns: Int
    /// Whether left and right change places.
    public let isMirrored: Bool
    /// What remains; nil for all.
    public let crop: Crop?
    /// Whether only lightness remains.
    public let isBlackAndWhite: Bool
    /// Whether the rendition is to be a PNG, in place of a JPEG.
    public let isPNG: Bool
    /// Those that are not zero.
    private let amounts: [Adjustment: Amount]

    /// - Parameter turns: any number of quarter turns clockwise; below zero, counter-clockwise.
    /// - Throws: a refusal for an amount that is out of its range.
    public init(
        turns: Int = 0, isMirrored: Bool = false, crop: Crop? = nil, isBlackAndWhite: Bool = false,
        isPNG: Bool = false, _ amounts: [Adjustment: Amount] = [:]
    ) throws(Recipe.Refusal) {
        for (adjustment, amount) in amounts { try adjustment.check(amount) }
        self.turns = turns & 3
        self.isMirrored = isMirrored
        self.crop = crop?.unlessWhole
        self.isBlackAndWhite = isBlackAndWhite
        self.isPNG = isPNG
        self.amounts = amounts.filter { $0.value != .zero }
    }

    private init(
        neutral turns: Int, _ isMirrored: Bool, _ crop: Crop?, _ isBlackAndWhite: Bool, _ isPNG: Bool,
        _ amounts: [Adjustment: Amount]
    ) {
        self.turns = turns
        self.isMirrored = isMirrored
        self.crop = crop
        self.isBlackAndWhite = isBlackAndWhite
        self.isPNG = isPNG
        self.amounts = amounts
    }

    /// The look that changes nothing.
    public static let neutral = Look(neutral: 0, false, nil, false, false, [:])

    /// How much of an operation it asks for; zero for none.
    public subscript(adjustment: Adjustment) -> Amount { amounts[adjustment] ?? .zero }

    /// Whether it changes nothing.
    public var isNeutral: Bool { !changesPixels && turns == 0 && !isMirrored && crop == nil }

    /// Whether it does more than turn, mirror and crop.
    public var changesPixels: Bool { !amounts.isEmpty || isBlackAndWhite }

    /// The same look with this crop.
    public func cropped(_ crop: Crop) -> Look {
        Look(neutral: turns, isMirrored, crop.unlessWhole, isBlackAndWhite, isPNG, amounts)
    }

    /// The same look, with the other's amounts where that has any.
    public func adjusted(as other: Look) -> Look {
        Look(neutral: turns, isMirrored, crop, isBlackAndWhite, isPNG, amounts.merging(other.amounts) { $1 })
    }
}
