import Glibc

/// The content of a sample photo: a sky that fades, and ridges before one another, each rougher than the one behind.
struct SampleLandscape {
    private static let ridges = 3

    /// How strongly the noise shows on the sky and each ridge, in 64ths.
    private static let roughness: [Int32] = [1, 10, 18, 28]

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

    private let grounds: [Ground]
    /// Where the texture's tile begins.
    private let origin: Int
    /// Phase and frequency of the waves that make a ridge's line.
    private let waves: [[Wave]]

    init(seed: UInt64) {
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
        origin = Int(chance(0...255))
    }

    /// Appends the rows of one component, of which `width` times `height` samples cover the picture.
    func fill(_ rows: inout OutputSpan<UInt8>, component: Int, width: Int, height: Int) {
        // Colour varies less than brightness.
        let damping: Int32 = component == 0 ? 1 : 3
        let lines = (0..<Self.ridges).map { line($0, width: width, height: height) }
        let (texture, side) = (SampleTexture.values, SampleTexture.side)
        let mask = side - 1
        // Another part of the tile for each component.
        let shift = origin + component * 97
        let (back, middle, front) = (lines[0], lines[1], lines[2])
        for y in 0..<height {
            let shade = grounds.map { $0.base[component] + $0.slope[component] * Int32(y) / Int32(height) }
            let strength = grounds.map { $0.roughness / damping }
            let row = ((y + shift) & mask) * side
            let level = Int32(y)
            for x in 0..<width {
                let depth = level >= front[x] ? 3 : level >= middle[x] ? 2 : level >= back[x] ? 1 : 0
                let value = shade[depth] + (texture[row + ((x + shift) & mask)] * strength[depth]) >> 6
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
}
