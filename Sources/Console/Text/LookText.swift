import Control
import Model

/// What a look does, in words: `turned right, cropped to 3:2, exposure +0.5, black and white`.
enum LookText {
    /// - Parameter crop: what the crop was asked for as, in place of what it came to.
    static func words(_ look: Look, crop: EditCrop? = nil) -> String {
        var words: [String] = []
        switch look.turns {
        case 1: words.append("turned right")
        case 2: words.append("turned by 180°")
        case 3: words.append("turned left")
        default: break
        }
        if look.isMirrored { words.append("mirrored") }
        if look[.straighten] != .zero { words.append("straightened \(signed(look[.straighten]))°") }
        if let crop {
            words.append("cropped to \(crop)")
        } else if let crop = look.crop {
            words.append("cropped to \(percent(crop.width)) × \(percent(crop.height))")
        }
        for adjustment in Adjustment.allCases
        where ![.straighten, .sharpen].contains(adjustment) && look[adjustment] != .zero {
            words.append("\(adjustment.rawValue) \(signed(look[adjustment]))")
        }
        if look.isBlackAndWhite { words.append("black and white") }
        if look[.sharpen] != .zero { words.append("sharpen \(look[.sharpen])") }
        if look.isPNG { words.append("as a PNG") }
        return words.isEmpty ? "unchanged" : words.joined(separator: ", ")
    }

    private static func signed(_ amount: Amount) -> String { amount > .zero ? "+\(amount)" : "\(amount)" }

    /// `100%`, `88.9%`.
    private static func percent(_ millionths: Int) -> String {
        let tenths = (millionths + 500) / 1000
        return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
    }
}
