/// From four inks to three lights, the plain way: what is left of white after each ink and after black.
///
/// Without the printer's profile there is no better way; most viewers do the same.
enum CMYKConversion {
    /// Turns packed CMYK into packed RGB in place, and cuts the array to three quarters.
    ///
    /// - Parameter isInverted: 255 means no ink, as Adobe's programs write it.
    static func toRGB(_ samples: inout [UInt8], isInverted: Bool) {
        let pixels = samples.count / 4
        samples.withUnsafeMutableBufferPointer { samples in
            guard let base = samples.baseAddress else { return }
            toRGB(base, pixels: pixels, isInverted: isInverted, into: base)
        }
        samples.removeLast(samples.count - 3 * pixels)
    }

    /// Turns packed CMYK into packed RGB, at the same place or another.
    static func toRGB(
        _ source: UnsafePointer<UInt8>, pixels: Int, isInverted: Bool, into target: UnsafeMutablePointer<UInt8>
    ) {
        let flip: UInt8 = isInverted ? 0 : 255
        for pixel in 0..<pixels {
            let black = Int(source[4 * pixel + 3] ^ flip)
            // Pixel n is written at 3n, which lies before all that is still to be read.
            for ink in 0..<3 {
                target[3 * pixel + ink] = UInt8((Int(source[4 * pixel + ink] ^ flip) * black + 127) / 255)
            }
        }
    }
}
