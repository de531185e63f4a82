import CTurboJPEG
import Model

/// The tables by which a look's colours are made, for one colour space.
///
/// In linear light: exposure and white balance as one matrix; contrast, highlights and shadows as a gain by luminance,
/// so that colours keep their hue; saturation and black-and-white as a way towards luminance. Then back through the
/// space's own curves, and sharpening.
struct Development: Sendable {
    /// Entries of a curve's table.
    private static let entries = 2048

    /// For each value of each channel, what it adds to red, green, blue and luminance.
    private let linear: [Float]
    private let gains: [Float]?
    private let curves: [[Float]]
    private let colour: Float
    /// Nil for none.
    let sharpen: SharpenFilter?
    /// 1 for grey, else 3.
    let components: Int

    /// - Parameter longEdge: of the whole picture, in pixels.
    init(_ look: Look, space: ColourSpace, isGrey: Bool, longEdge: Double) {
        func amount(_ adjustment: Adjustment) -> Double { Double(look[adjustment].thousandths) / 1000 }
        let gain = ExactMath.power(2, amount(.exposure))
        let balance =
            isGrey
            ? .identity
            : WhiteBalance.matrix(temperature: amount(.temperature), tint: amount(.tint), in: space)
        let luminance = space.luminance
        components = isGrey ? 1 : 3
        // A grey value is all three at once.
        linear = (0..<components).flatMap { channel in
            (0...255).flatMap { value -> [Float] in
                let light = gain * space.curves[channel].light(Double(value) / 255)
                let lights = isGrey ? [light, light, light] : balance.rows.map { $0[channel] * light }
                return (lights + [zip(lights, luminance).reduce(0) { $0 + $1.0 * $1.1 }]).map { Float($0) }
            }
        }
        let tone = ToneCurve(
            contrast: amount(.contrast) / 100, highlights: amount(.highlights) / 100, shadows: amount(.shadows) / 100)
        gains = tone.isNeutral ? nil : tone.gains()
        colour = look.isBlackAndWhite ? 0 : Float(1 + amount(.saturation) / 100)
        let distinct = Set(space.curves).count
        let first = space.curves[0].inverse(count: Self.entries)
        curves = distinct == 1 ? [first] : [first] + space.curves.dropFirst().map { $0.inverse(count: Self.entries) }
        sharpen =
            look[.sharpen] == .zero
            ? nil : SharpenFilter(longEdge: longEdge, amount: amount(.sharpen) / 100)
    }

    /// Pixels as they are decoded to linear light, four floats each.
    func linearise(_ source: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<Float>) {
        linear.withUnsafeBufferPointer { tables in
            if components == 1 {
                mainstay_linear_grey(source, count, tables.baseAddress, target)
            } else {
                mainstay_linear_rgb(source, count, tables.baseAddress, target)
            }
        }
    }

    /// Calls `body` with what turns rows of linear light to values.
    func withTone(_ body: (UnsafePointer<mainstay_tone>) -> Void) {
        let (none, last): ([Float], Int) = ([], curves.count - 1)
        (gains ?? none).withUnsafeBufferPointer { gain in
            curves[0].withUnsafeBufferPointer { first in
                curves[min(1, last)].withUnsafeBufferPointer { second in
                    curves[last].withUnsafeBufferPointer { third in
                        var tone = mainstay_tone()
                        tone.gain = gains == nil ? nil : gain.baseAddress
                        tone.gainScale = Float(ToneCurve.scale)
                        tone.gainLast = Int32(ToneCurve.last)
                        tone.colour = colour
                        tone.grey = 1 - colour
                        // Lightness for sharpening goes by green, which has most of it.
                        tone.curves = (first.baseAddress, second.baseAddress, third.baseAddress, second.baseAddress)
                        tone.curveScale = Float(Self.entries)
                        body(&tone)
                    }
                }
            }
        }
    }
}
