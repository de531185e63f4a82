import Decoding
import Imaging

/// The mark that tells a film from a photo: a white triangle on a dark square, in the lower left corner of the picture as
/// it is seen.
struct FilmMark {
    /// How the picture is to be turned, as EXIF numbers it.
    let orientation: Int

    func draw(on layout: PixelLayout, _ planes: [UnsafeMutablePointer<UInt8>]) {
        let isTurned = orientation > 4
        let (width, height) = isTurned ? (layout.height, layout.width) : (layout.width, layout.height)
        // A fifteenth of the long edge, and what can still be seen of a small one.
        let side = min(max(max(width, height) / 15, 16), min(width, height))
        let margin = min(side / 4, (min(width, height) - side) / 2)
        for v in 0..<side {
            for u in 0..<side {
                let (x, y) = stored(margin + u, height - margin - side + v, layout)
                set(x, y, isTriangle(u, v, side) ? 245 : 40, layout, planes)
            }
        }
    }

    /// A triangle that points to the right, in the middle of the square.
    private func isTriangle(_ u: Int, _ v: Int, _ side: Int) -> Bool {
        let (across, down) = (u - side * 3 / 10, abs(2 * v - side + 1))
        let length = side / 2
        return across >= 0 && across < length && down * length <= (length - across) * (side * 3 / 5)
    }

    /// Where a place of the picture as it is seen is stored.
    private func stored(_ u: Int, _ v: Int, _ layout: PixelLayout) -> (x: Int, y: Int) {
        let (right, below) = (layout.width - 1, layout.height - 1)
        return switch orientation {
        case 2: (right - u, v)
        case 3: (right - u, below - v)
        case 4: (u, below - v)
        case 5: (v, u)
        case 6: (v, below - u)
        case 7: (right - v, below - u)
        case 8: (right - v, u)
        default: (u, v)
        }
    }

    private func set(_ x: Int, _ y: Int, _ value: UInt8, _ layout: PixelLayout, _ planes: [UnsafeMutablePointer<UInt8>])
    {
        let about = layout.planes
        guard case .planes(let subsampling) = layout.kind else {
            (planes[0] + y * about[0].stride + 3 * x).update(repeating: value, count: 3)
            return
        }
        planes[0][y * about[0].stride + x] = value
        let across = subsampling == .s420 || subsampling == .s422 ? 1 : 0
        let down = subsampling == .s420 || subsampling == .s440 ? 1 : 0
        for plane in 1..<planes.count { planes[plane][(y >> down) * about[plane].stride + (x >> across)] = 128 }
    }
}
