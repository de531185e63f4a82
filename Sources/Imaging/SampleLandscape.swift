import Glibc

/// The content of a sample photo: a sky that fades, and ridges before one another, each rougher than the one behind.
struct SampleLandscape {
    /// Side of the square of noise that is laid out over the picture: large enough that its repeating does not help an
    /// encoder, small enough to stay in a processor's cache.
    private static let tile = 256

    private static let ridges = 3

    /// How strongly the noise shows on the sky and each ridge, in 64ths.
    private static let roughness: [Int32] = [6, 26, 44, 64]

    private struct Wave {
        var amplitude: Double
        var frequency: Double
        var phase: Double
    }

    /// Brightness and colour of the sky and each ridge: at the top of the picture, and how far it moves to its bottom.
    private struct Ground {
        var base: [Int32]
        var slope: [Int32]
        var roughness: Int32
    }

    private let width: Int
    private let height: Int
    private let grounds: [Ground]
    /// Noise of about -64 to 64.
    private let noise: [Int32]
    /// Phase and frequency of the waves that make a ridge's line.
    private let waves: [[Wave]]

    init(seed: UInt64, width: Int, height: Int) {
        self.width = width
        self.height = height
        var random = SeededNoise(seed: seed)
        func chance(_ range: ClosedRange<Int32>) -> Int32 { Int32.random(in: range, using: &random) }
        grounds = (0...Self.ridges).map { depth in
            let brightness = chance(150...215) - Int32(depth) * 35
            let base = [brightness, chance(96...160), chance(96...160)]
            let slope = [chance(-40...40), chance(-16...16), chance(-16...16)]
            return Ground(base: base, slope: slope, roughness: Self.roughness[depth])
        }
        waves = (0..<Self.ridges).map { _ in
            (0..<6).map { octave in
                let octave = Double(1 << octave)
                let (frequency, phase) = (Double(chance(15...30)) / 10, Double(chance(0...628)) / 100)
                return Wave(amplitude: 0.09 / octave, frequency: frequency * octave, phase: phase)
            }
        }
        // Coarse noise, finer noise and the grain of a sensor, so that all frequencies have their part.
        let coarse = Self.smooth(Self.raw(&random), passes: 3)
        let fine = Self.smooth(Self.raw(&random), passes: 1)
        let grain = Self.raw(&random)
        noise = coarse.indices.map { (coarse[$0] * 5 + fine[$0] * 2) / 3 + grain[$0] / 24 }
    }

    /// Appends the rows of one component, of which `width` times `height` samples cover the picture.
    func fill(_ rows: inout OutputSpan<UInt8>, component: Int, width: Int, height: Int) {
        // Colour varies less than brightness.
        let damping: Int32 = component == 0 ? 1 : 3
        let lines = (0..<Self.ridges).map { line($0, width: width, height: height) }
        let (mask, tile) = (Self.tile - 1, Self.tile)
        // Another part of the tile for each component.
        let shift = component * 97
        let (back, middle, front) = (lines[0], lines[1], lines[2])
        for y in 0..<height {
            let shade = grounds.map { $0.base[component] + $0.slope[component] * Int32(y) / Int32(height) }
            let strength = grounds.map { $0.roughness / damping }
            let row = ((y + shift) & mask) * tile
            let level = Int32(y)
            for x in 0..<width {
                let depth = level >= front[x] ? 3 : level >= middle[x] ? 2 : level >= back[x] ? 1 : 0
                let value = shade[depth] + (noise[row + ((x + shift) & mask)] * strength[depth]) >> 6
                rows.append(UInt8(truncatingIfNeeded: min(max(value, 0), 255)))
            }
        }
    }

    /// The row at which a ridge begins, for each column.
    private func line(_ ridge: Int, width: Int, height: Int) -> [Int32] {
        let level = 0.35 + 0.2 * Double(ridge)
        return (0..<width).map { x in
            let place = Double(x) / Double(width) * 2 * Double.pi
            let bend = waves[ridge].reduce(0.0) { sum, wave in
                sum + wave.amplitude * sin(wave.frequency * place + wave.phase)
            }
            return Int32(max(0, (level + bend) * Double(height)))
        }
    }

    private static func raw(_ random: inout SeededNoise) -> [Int32] {
        (0..<tile * tile).map { _ in Int32(truncatingIfNeeded: random.next() & 255) - 128 }
    }

    /// Each value as the mean of itself and its neighbours in a row and a column, again and again, then brought back to
    /// about the same range. The tile's ends meet.
    private static func smooth(_ values: [Int32], passes: Int) -> [Int32] {
        var values = values
        for _ in 0..<passes {
            values = values.indices.map { index in
                let (x, y) = (index % tile, index / tile)
                let right = values[y * tile + (x + 1) % tile]
                let below = values[(y + 1) % tile * tile + x]
                let opposite = values[(y + 1) % tile * tile + (x + 1) % tile]
                return (values[index] + right + below + opposite) * 5 / 12
            }
        }
        return values
    }
}
