import ArgumentParser
import Control
import Foundation
import Model

/// The operations. They are done in the order in which they stand here, in whatever order they are given.
struct LookOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Turn it: left, right or 180 (or 90, 180, 270 degrees clockwise).", valueName: "way"),
        completion: .list(["left", "right", "180"]))
    var turn: String?
    @Flag(inversion: .prefixedNo, help: "Swap left and right.")
    var mirror: Bool?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Turn it clockwise to stand straight, -45 to 45.", valueName: "deg")
    )
    var straighten: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Keep a part: 3:2 (the largest of that shape), LEFT,TOP,WIDTH,HEIGHT as 10%,0,80%,100% or "
                + "0.1,0,0.8,1, or 4000x3000+100+200 in pixels of the main; none for all.", valueName: "part"),
        completion: .list(["3:2", "4:3", "1:1", "16:9", "none"]))
    var crop: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("More or less light in stops, -5 to 5.", valueName: "ev"))
    var exposure: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Warmer, or cooler below 0, -100 to 100.", valueName: "n"))
    var temperature: String?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("To magenta, or to green below 0, -100 to 100.", valueName: "n"))
    var tint: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Contrast, -100 to 100.", valueName: "n"))
    var contrast: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Lighten or darken light tones, -100 to 100.", valueName: "n"))
    var highlights: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Lighten or darken dark tones, -100 to 100.", valueName: "n"))
    var shadows: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Colour, -100 (none) to 100 (double).", valueName: "n"))
    var saturation: String?
    @Flag(inversion: .prefixedNo, help: "Keep only lightness.")
    var blackAndWhite: Bool?
    @Option(parsing: .unconditional, help: ArgumentHelp("Raise fine detail, 0 to 100.", valueName: "n"))
    var sharpen: String?
    @Flag(
        help: """
            Make the full picture a PNG, NAME.edited.png: nothing is lost in writing it. It has eight bits a colour, \
            as every edit; other machines see it by the decoder of the machine that holds it.
            """)
    var png = false
    @Flag(help: "Compute levels and white balance from the picture; what is given beside it stays as given.")
    var auto = false
    @Option(
        help: ArgumentHelp(
            "Begin with a look from a file, as --save writes it (- for standard input); operations given beside it "
                + "take the place of its own.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var recipe: String?

    func validate() throws { _ = try word() }

    /// What is given, without the file. Throws `ValidationError` with the range of what is out of it.
    func word() throws -> LookWord {
        var word = LookWord()
        word.turns = try turn.map(Self.turns)
        word.isMirrored = mirror
        word.isBlackAndWhite = blackAndWhite
        word.crop = try crop.map(CropWord.init)
        word.auto = auto
        word.isPNG = png
        word.hasRecipe = recipe != nil
        let amounts: [(Adjustment, String?)] = [
            (.straighten, straighten), (.exposure, exposure), (.temperature, temperature), (.tint, tint),
            (.contrast, contrast), (.highlights, highlights), (.shadows, shadows), (.saturation, saturation),
            (.sharpen, sharpen),
        ]
        for (adjustment, text) in amounts {
            if let text { word.amounts[adjustment] = try Self.amount(text, adjustment) }
        }
        return word
    }

    private static func turns(_ text: String) throws -> Int {
        switch DecimalWord.plain(text) {
        case "right", "90", "+90": 1
        case "180", "-180", "+180": 2
        case "left", "270", "-90", "+270": 3
        case "0", "none": 0
        default:
            throw ValidationError(
                "--turn '\(text.printable)' is out of range: it takes left, right or 180; --straighten takes other degrees."
            )
        }
    }

    private static func amount(_ text: String, _ adjustment: Adjustment) throws -> Amount {
        let (least, most) = (adjustment.range.lowerBound, adjustment.range.upperBound)
        guard let amount = Amount(DecimalWord.plain(text)) else {
            throw ValidationError(
                "--\(adjustment.rawValue) '\(text.printable)' is no number: it takes one from \(least) to \(most), with "
                    + "at most three decimals.")
        }
        guard adjustment.range.contains(amount) else {
            throw ValidationError(
                "--\(adjustment.rawValue) \(amount) is out of range: it goes from \(least) to \(most).")
        }
        return amount
    }
}

/// Operations that a person gave.
struct LookWord: Hashable {
    var turns: Int?
    var isMirrored: Bool?
    var isBlackAndWhite: Bool?
    var crop: CropWord?
    var amounts: [Adjustment: Amount] = [:]
    var auto = false
    var isPNG = false
    var hasRecipe = false

    /// Whether nothing was given.
    var isEmpty: Bool { self == LookWord() }

    /// The picture that is wanted: these operations in place of those of `base`.
    func wish(on base: Look = .neutral) throws -> EditRequest.Wish {
        var all: [Adjustment: Amount] = [:]
        for adjustment in Adjustment.allCases { all[adjustment] = amounts[adjustment] ?? base[adjustment] }
        var part = base.crop
        var each: EditCrop?
        switch crop {
        case nil: break
        case CropWord.none?: part = nil
        case .part(let given)?: part = given
        case .each(let given)?: (part, each) = (nil, given)
        }
        let look = try Look(
            turns: turns ?? base.turns, isMirrored: isMirrored ?? base.isMirrored, crop: part,
            isBlackAndWhite: isBlackAndWhite ?? base.isBlackAndWhite, isPNG: isPNG || base.isPNG, all)
        return EditRequest.Wish(look: look, auto: auto, crop: each)
    }
}
