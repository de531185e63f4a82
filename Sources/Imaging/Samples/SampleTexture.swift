import Glibc

/// The noise of sample photos, laid out over them like tiles: mostly soft structure, some detail, a little grain.
enum SampleTexture {
    /// Side in samples: large enough that its repeating helps no encoder, small enough to stay in a processor's cache.
    static let side = 256

    /// Values of a mean near 0 and a standard deviation near 64, row by row. The tile's ends meet.
    static let values: [Int32] = {
        var random = SeededNoise(seed: 0x4D61_696E)
        let parts: [(share: Double, passes: Int)] = [(50, 40), (14, 6), (3, 0)]
        let layers = parts.map { part in
            let raw = (0..<side * side).map { _ in Double(random.next() & 0xFFFF) - 32_767.5 }
            let smooth = smoothed(raw, passes: part.passes)
            let deviation = (smooth.reduce(0) { $0 + $1 * $1 } / Double(smooth.count)).squareRoot()
            return smooth.map { $0 * part.share / deviation }
        }
        return (0..<side * side).map { index in Int32(layers.reduce(0) { $0 + $1[index] }) }
    }()

    /// Each value as the mean of itself and three neighbours, again and again.
    private static func smoothed(_ values: [Double], passes: Int) -> [Double] {
        var values = values
        for _ in 0..<passes {
            var next = values
            for y in 0..<side {
                let (row, below) = (y * side, (y + 1) % side * side)
                for x in 0..<side {
                    let right = (x + 1) % side
                    next[row + x] =
                        (values[row + x] + values[row + right] + values[below + x] + values[below + right]) / 4
                }
            }
            values = next
        }
        return values
    }
}
