import CTurboJPEG
import Foundation
import TestSupport

/// The file decoded to pixels and encoded again by TurboJPEG: the least that any edit of pixels has to do.
enum PlainRecoding {
    static func run(_ file: [UInt8], width: Int, height: Int) throws {
        let (decoder, encoder) = (tjInitDecompress(), tjInitCompress())
        defer {
            tjDestroy(decoder)
            tjDestroy(encoder)
        }
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        var output: UnsafeMutablePointer<UInt8>?
        var length: UInt = 0
        defer { tjFree(output) }
        let (format, flags) = (Int32(TJPF_RGB.rawValue), Int32(TJFLAG_ACCURATEDCT))
        guard
            tjDecompress2(
                decoder, file, UInt(file.count), &pixels, Int32(width), 0, Int32(height), format, flags) == 0,
            tjCompress2(
                encoder, pixels, Int32(width), 0, Int32(height), format, &output, &length,
                Int32(TJSAMP_420.rawValue), 90, flags) == 0
        else { throw HostFailure("TurboJPEG could not recode the photo") }
    }
}

/// Other programs that make about the same picture of the main: in linear light, cropped, half a stop brighter, warmer,
/// of more contrast.
struct EditRivals {
    let main: URL
    let folder: URL
    let crop: EditCrop

    private let convert = ["/usr/bin/convert", "/usr/bin/magick"].first(where: FileManager.default.isExecutableFile)
    private let vipsProgram = BenchmarkProcess.find("vips")

    init(main: URL, folder: URL, crop: EditCrop) { (self.main, self.folder, self.crop) = (main, folder, crop) }

    var hasMagick: Bool { convert != nil }
    var hasVips: Bool { vipsProgram != nil }

    func magick() throws {
        guard let convert else { return }
        try BenchmarkProcess.run(
            convert,
            [
                main.path, "-crop", "\(crop.width)x\(crop.height)+\(crop.left)+\(crop.top)", "+repage", "-colorspace",
                "RGB", "-channel", "R", "-evaluate", "multiply", "1.47", "-channel", "G", "-evaluate", "multiply",
                "1.40", "-channel", "B", "-evaluate", "multiply", "1.30", "+channel", "-colorspace", "sRGB",
                "-sigmoidal-contrast", "2x50%", "-quality", "90", folder.appending(path: "magick.jpg").path,
            ])
    }

    /// The command line does one operation at a time; what lies between is libvips' own format, mapped from the disk.
    func vips() throws {
        guard let vipsProgram else { return }
        func file(_ name: String) -> String { folder.appending(path: name).path }
        let steps = [
            ["crop", main.path, file("1.v"), "\(crop.left)", "\(crop.top)", "\(crop.width)", "\(crop.height)"],
            ["colourspace", file("1.v"), file("2.v"), "scrgb"],
            ["linear", file("2.v"), file("3.v"), "1.47 1.40 1.30", "0 0 0"],
            ["colourspace", file("3.v"), file("4.v"), "srgb"],
            ["linear", file("4.v"), file("vips.jpg[Q=90]"), "1.1", " -12", "--uchar"],
        ]
        for step in steps { try BenchmarkProcess.run(vipsProgram, step) }
    }
}
