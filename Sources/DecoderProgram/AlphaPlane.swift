import CFFmpeg
import Decoding
import Imaging

/// The opacity of a picture at the size of its reduced copy.
final class AlphaPlane {
    private let memory: UnsafeMutablePointer<UInt8>
    private let layout: PixelLayout

    /// - Parameter shown: the part of the picture that is shown, where the opacity has the same size.
    init(
        _ alpha: HEIFPicture, _ main: borrowing MainFile, _ order: DecoderOrder, size: (width: Int, height: Int),
        whole: (width: Int, height: Int), shown: HEIFPicture.Crop?
    ) throws(DecoderFault) {
        try order.check(alpha.width, alpha.height)
        layout = PixelLayout(.planes(.grey), width: size.width, height: size.height)
        guard let memory = av_mallocz(layout.size) else { throw .noMemory }
        let plane = memory.assumingMemoryBound(to: UInt8.self)
        self.memory = plane
        var colour = CodedColour()
        let isSame = (alpha.width, alpha.height) == whole
        _ = try TileRows(alpha, order).build(
            main, size: size, shown: isSame ? shown : nil, isGrey: true, colour: &colour
        ) { _ throws(DecoderFault) in [plane] }
    }

    deinit { av_free(memory) }

    /// Puts a picture of the same size over white.
    func blend(into picture: PixelLayout, _ planes: [UnsafeMutablePointer<UInt8>], isMultiplied: Bool) {
        let (about, stride) = (picture.planes, layout.planes[0].stride)
        guard case .planes(let subsampling) = picture.kind else { return blendPacked(picture, planes, isMultiplied) }
        for row in 0..<picture.height {
            mainstay_blend_luma(
                planes[0] + row * about[0].stride, memory + row * stride, picture.width, isMultiplied ? 1 : 0)
        }
        if isMultiplied || planes.count < 3 { return }
        let across: Int32 = subsampling == .s420 || subsampling == .s422 ? 1 : 0
        let down = subsampling == .s420 || subsampling == .s440 ? 1 : 0
        for plane in 1...2 {
            for row in 0..<about[plane].rows {
                let (first, next) = (
                    min(row << down, picture.height - 1), min((row << down) + down, picture.height - 1)
                )
                mainstay_blend_chroma(
                    planes[plane] + row * about[plane].stride, memory + first * stride, memory + next * stride,
                    (picture.width + Int(across)) >> Int(across), across, picture.width)
            }
        }
    }

    private func blendPacked(_ picture: PixelLayout, _ planes: [UnsafeMutablePointer<UInt8>], _ isMultiplied: Bool) {
        for row in 0..<picture.height {
            let (pixels, alpha) = (planes[0] + row * picture.planes[0].stride, memory + row * layout.planes[0].stride)
            for x in 0..<picture.width * 3 {
                let (value, opacity) = (Int(pixels[x]), Int(alpha[x / 3]))
                let flat = isMultiplied ? value + 255 - opacity : (value * opacity + 255 * (255 - opacity) + 127) / 255
                pixels[x] = UInt8(clamping: flat)
            }
        }
    }
}
