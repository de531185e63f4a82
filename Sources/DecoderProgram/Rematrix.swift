import CFFmpeg
import Decoding
import Imaging

/// Brings planes of YCbCr from another matrix to that of JPEG, BT.601. Grey stays as it is.
struct Rematrix {
    /// Of Cb and Cr in Y.
    private let luma: (Double, Double)
    /// Of Cb and Cr in Cb, and in Cr.
    private let chroma: [Double]

    /// Nil where the numbers are those of BT.601, or nobody knows.
    init?(_ colour: CodedColour) {
        let from: [[Double]]
        if colour.matrix == AVCOL_SPC_YCGCO {
            // Cg stands where Cb does, Co where Cr does; of half their range.
            from = [[-1, 1], [1, 0], [-1, -1]].map { $0.map { Double($0) } }
        } else {
            guard let weights = colour.weights, weights.red != 0.299 else { return nil }
            let (red, blue) = weights
            let green = 1 - red - blue
            from = [
                [0, 2 * (1 - red)], [-2 * blue * (1 - blue) / green, -2 * red * (1 - red) / green],
                [2 * (1 - blue), 0],
            ]
        }
        // What Cb and Cr add to red, green and blue, and that to the new three.
        func added(_ weights: [Double], _ column: Int) -> Double {
            (0..<3).reduce(0) { $0 + weights[$1] * from[$1][column] }
        }
        let bright = [0.299, 0.587, 0.114]
        luma = (added(bright, 0), added(bright, 1))
        let (toBlue, toRed) = (0.5 / (1 - 0.114), 0.5 / (1 - 0.299))
        chroma = [
            (from[2][0] - luma.0) * toBlue, (from[2][1] - luma.1) * toBlue, (from[0][0] - luma.0) * toRed,
            (from[0][1] - luma.1) * toRed,
        ]
    }

    func apply(_ layout: PixelLayout, _ planes: [UnsafeMutablePointer<UInt8>]) {
        guard planes.count == 3, case .planes(let subsampling) = layout.kind else { return }
        let about = layout.planes
        let across: Int32 = subsampling == .s420 || subsampling == .s422 ? 1 : 0
        let down = subsampling == .s420 || subsampling == .s440 ? 1 : 0
        func fixed(_ value: Double) -> Int32 { Int32((value * 16_384).rounded()) }
        let factors = chroma.map(fixed)
        for row in 0..<layout.height {
            let below = (row >> down) * about[1].stride
            mainstay_rematrix_luma(
                planes[0] + row * about[0].stride, layout.width, across, planes[1] + below, planes[2] + below,
                fixed(luma.0), fixed(luma.1))
        }
        for row in 0..<about[1].rows {
            let place = row * about[1].stride
            mainstay_rematrix_chroma(planes[1] + place, planes[2] + place, about[1].width, factors)
        }
    }
}
