/// From four inks to three lights.
///
/// What inks print is told by Neugebauer's equations (1937): each point of the paper is covered by none, some or all of
/// the inks, with the shares that chance gives; so the colour is that of the sixteen mixtures, weighted by their
/// shares. The sixteen were fitted to what Little CMS makes of usual coated paper. A JPEG's own profile is not read.
enum CMYKConversion {
    /// The colours in sRGB of no ink; of black; of yellow; of both; and so on with magenta and then with cyan added.
    /// Some lie beyond what sRGB has.
    private static let mixtures: [SIMD4<Int32>] = [
        [255, 255, 255, 0], [45, 36, 40, 0], [263, 225, 25, 0], [44, 43, 42, 0],
        [235, 39, 131, 0], [44, 30, 43, 0], [231, 47, 53, 0], [41, 27, 36, 0],
        [-41, 153, 219, 0], [20, 39, 47, 0], [-18, 147, 71, 0], [24, 33, 36, 0],
        [53, 45, 126, 0], [27, 24, 39, 0], [55, 43, 54, 0], [30, 29, 40, 0],
    ].map { 16 &* $0 }

    /// Turns packed CMYK into packed RGB in place, and cuts the array to three quarters.
    ///
    /// 255 means no ink: Adobe's programs write JPEGs so, and others do as they do, with Adobe's marker or without.
    static func toRGB(_ samples: inout [UInt8]) {
        let pixels = samples.count / 4
        samples.withUnsafeMutableBufferPointer { samples in
            guard let base = samples.baseAddress else { return }
            toRGB(base, pixels: pixels, into: base)
        }
        samples.removeLast(samples.count - 3 * pixels)
    }

    /// Turns packed CMYK into packed RGB, at the same place or another.
    static func toRGB(_ source: UnsafePointer<UInt8>, pixels: Int, into target: UnsafeMutablePointer<UInt8>) {
        mixtures.withUnsafeBufferPointer { mixtures in
            for pixel in 0..<pixels {
                // In 256ths, so that all of an ink is all.
                func share(_ ink: Int) -> Int32 {
                    let amount = Int32(255 - source[4 * pixel + ink])
                    return amount + amount >> 7
                }
                let (cyan, magenta, yellow, black) = (share(0), share(1), share(2), share(3))
                func mix(_ first: SIMD4<Int32>, _ second: SIMD4<Int32>, _ share: Int32) -> SIMD4<Int32> {
                    first &+ ((second &- first) &* share &+ 128) &>> 8
                }
                func withBlack(_ index: Int) -> SIMD4<Int32> { mix(mixtures[index], mixtures[index + 1], black) }
                func withYellow(_ index: Int) -> SIMD4<Int32> { mix(withBlack(index), withBlack(index + 2), yellow) }
                func withMagenta(_ index: Int) -> SIMD4<Int32> {
                    mix(withYellow(index), withYellow(index + 4), magenta)
                }
                let light = (mix(withMagenta(0), withMagenta(8), cyan) &+ 8) &>> 4
                let lights = light.clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255))
                // Pixel n is written at 3n, which lies before all that is still to be read.
                for channel in 0..<3 { target[3 * pixel + channel] = UInt8(truncatingIfNeeded: lights[channel]) }
            }
        }
    }
}
