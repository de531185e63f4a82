import ArgumentParser
import Control
import Model

/// What `--crop` takes.
enum CropWord: Hashable {
    /// No crop, in place of a recipe's.
    case none
    /// The same part of every picture.
    case part(Crop)
    /// What comes to another part for each picture.
    case each(EditCrop)

    /// Throws `ValidationError` with what is wrong.
    init(_ text: String) throws {
        if text == "none" {
            self = .none
        } else if text.contains(":") {
            self = .each(try Self.ratio(text))
        } else if text.contains(where: { "x×".contains($0) }) {
            guard let crop = EditCrop(text) else {
                throw ValidationError(
                    "--crop '\(text.printable)' is not WIDTHxHEIGHT+LEFT+TOP: write 4000x3000+100+200, in pixels.")
            }
            self = .each(crop)
        } else {
            self = .part(try Self.part(text))
        }
    }

    private static func ratio(_ text: String) throws -> EditCrop {
        let terms = text.split(separator: ":", omittingEmptySubsequences: false)
            .map { DecimalWord.units($0, places: 3) ?? 0 }
        guard terms.count == 2, terms[0] > 0, terms[1] > 0 else {
            throw ValidationError("--crop '\(text.printable)' is no ratio: write 3:2, 1:1 or 2.39:1.")
        }
        let divisor = divisor(terms[0], terms[1])
        guard max(terms[0], terms[1]) / divisor <= EditCrop.highestTerm else {
            throw ValidationError(
                "--crop '\(text.printable)' is out of range: a ratio goes from 1:\(EditCrop.highestTerm) to "
                    + "\(EditCrop.highestTerm):1.")
        }
        return .ratio(width: terms[0] / divisor, height: terms[1] / divisor)
    }

    private static func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }

    private static func part(_ text: String) throws -> Crop {
        let sides = text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            word.hasSuffix("%")
                ? DecimalWord.units(word.dropLast(), places: 4) : DecimalWord.units(word, places: 6)
        }
        let numbers = sides.compactMap { $0 }
        guard sides.count == 4, numbers.count == 4 else {
            throw ValidationError(
                "--crop '\(text.printable)' is none: write 3:2, or LEFT,TOP,WIDTH,HEIGHT as 10%,0,80%,100% or "
                    + "0.1,0,0.8,1, or 4000x3000+100+200 in pixels.")
        }
        do {
            return try Crop(left: numbers[0], top: numbers[1], width: numbers[2], height: numbers[3])
        } catch {
            let hint = numbers.contains { $0 > Crop.whole } ? "; 1 is the whole side, and percents have a %" : ""
            throw ValidationError(
                "--crop '\(text.printable)' is out of range: \(error.reason)\(hint).")
        }
    }
}
