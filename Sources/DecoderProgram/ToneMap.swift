import CFFmpeg
import Glibc

/// Makes of pictures that are meant for screens of high dynamic range (ITU-R BT.2100: PQ, HLG) those for usual ones: what
/// is as bright as paper stays so, and only what is brighter is drawn together (ITU-R BT.2390-10, 5.4.1).
final class ToneMap {
    /// The brightness of paper in candela per square metre (ITU-R BT.2408), which becomes the brightest.
    private static let paper = 203.0
    /// What is as bright as this or brighter becomes white.
    private static let peak = 1000.0

    private var tables: mainstay_range
    private let memory: [UnsafeMutablePointer<Float>]

    /// - Parameter colour: of the picture, with one of the two transfers.
    init(_ colour: CodedColour, _ gamut: Gamut) {
        let isHLG = colour.transfer == AVCOL_TRC_ARIB_STD_B67
        func table(_ last: Int, _ value: (Double) -> Double) -> UnsafeMutablePointer<Float> {
            let table = UnsafeMutablePointer<Float>.allocate(capacity: last + 1)
            for entry in 0...last { table[entry] = Float(value(Double(entry) / Double(last))) }
            return table
        }
        let most = Self.peak / Self.paper
        let light = table(4096) { isHLG ? Self.hlg($0) * most : Self.light(pq: $0) / Self.paper }
        // The light of a scene becomes that of a screen of 1000 candela by a power of 1.2.
        let scene = isHLG ? table(1024) { pow(max($0 * $0, 1e-4), 0.2) } : nil
        let gain = table(1024) { root in
            let light = root * root * most
            return light == 0 ? 1 : Self.mapped(light * Self.paper) / Self.paper / light
        }
        let code = table(4096) { root in
            let light = root * root
            return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055)
        }
        memory = [light, gain, code] + (scene.map { [$0] } ?? [])
        let m = gamut.matrix.map { Float($0) }
        let weights: (Float, Float, Float) =
            isHLG
            ? (Float(0.2627 / most), Float(0.6780 / most), Float(0.0593 / most))
            : (0, 0, 0)
        tables = mainstay_range(
            light: light, scene: scene, gain: gain, code: code, most: Float(most), weights: weights,
            matrix: (m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8]))
    }

    deinit { for table in memory { table.deallocate() } }

    /// One row of RGB of 16 bits to one of 8.
    func map(_ row: UnsafePointer<UInt16>, count: Int, number: Int, to target: UnsafeMutablePointer<UInt8>) {
        mainstay_range_row(row, count, &tables, 0, UInt32(truncatingIfNeeded: number), target)
    }

    /// Candela per square metre of a sample of PQ (SMPTE ST 2084).
    private static func light(pq sample: Double) -> Double {
        let root = pow(sample, 1 / 78.84375)
        return 10_000 * pow(max(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root), 1 / 0.1593017578125)
    }

    private static func pq(light: Double) -> Double {
        let root = pow(light / 10_000, 0.1593017578125)
        return pow((0.8359375 + 18.8515625 * root) / (1 + 18.6875 * root), 78.84375)
    }

    /// The light of a scene, 0 to 1, by a sample of HLG.
    private static func hlg(_ sample: Double) -> Double {
        sample <= 0.5 ? sample * sample / 3 : (exp((sample - 0.55991073) / 0.17883277) + 0.28466892) / 12
    }

    /// Light up to the peak, drawn together to light up to that of paper.
    private static func mapped(_ light: Double) -> Double {
        let whole = pq(light: peak)
        let most = pq(light: paper) / whole
        let knee = 1.5 * most - 0.5
        let value = min(pq(light: light) / whole, 1)
        guard value > knee else { return light }
        let t = (value - knee) / (1 - knee)
        let drawn =
            (2 * t * t * t - 3 * t * t + 1) * knee + (t * t * t - 2 * t * t + t) * (1 - knee)
            + (3 * t * t - 2 * t * t * t) * most
        return self.light(pq: drawn * whole)
    }
}
