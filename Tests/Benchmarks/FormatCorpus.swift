import Foundation
import Imaging
import TestSupport

/// A file of each type: those of a folder, and made ones of what is not there.
struct FormatCorpus {
    let files: [FormatFile]
    /// A JPEG, and a RAW with it inside.
    let photo: URL
    let raw: URL

    /// - Parameters:
    ///   - given: a folder of pictures and films.
    ///   - width: of those that are made.
    init(_ folder: URL, given: String?, width: Int) throws {
        let jpeg = try SamplePhoto(seed: 1, width: width, height: width * 3 / 4).jpeg(quality: 92)
        photo = folder.appending(path: "photo.jpg")
        raw = folder.appending(path: "photo.raf")
        try Data(jpeg).write(to: photo)
        try Data(Self.raf(jpeg)).write(to: raw)
        var files: [FormatFile] = []
        if let given {
            let names = try FileManager.default.contentsOfDirectory(atPath: given).sorted()
            files = try names.compactMap { try FormatFile(URL(filePath: given).appending(path: $0)) }
        }
        let isSmall = width < Scale.full.made
        for kind in Self.kinds(isSmall) {
            let file = folder.appending(path: "made.\(kind.suffix)")
            guard let program = BenchmarkProcess.find(kind.tool) else { continue }
            let names = ["JPEG": photo.path, "PNG": folder.appending(path: "made.png").path, "OUT": file.path]
            try BenchmarkProcess.run(program, kind.arguments.map { names[$0] ?? $0 })
            if let made = try FormatFile(file, name: kind.name) { files.append(made) }
        }
        self.files = files
    }

    /// How a tool makes a file of the photo, or of the PNG that is made first.
    private struct Kind {
        var name: String
        var suffix: String
        var tool: String
        var arguments: [String]

        init(_ name: String, _ suffix: String, _ tool: String, _ arguments: [String]) {
            (self.name, self.suffix, self.tool, self.arguments) = (name, suffix, tool, arguments)
        }
    }

    private static func kinds(_ isSmall: Bool) -> [Kind] {
        func converted(_ name: String, _ suffix: String, _ arguments: [String] = []) -> Kind {
            Kind(name, suffix, "ffmpeg", ["-v", "error", "-i", "JPEG"] + arguments + ["OUT"])
        }
        func film(_ name: String, _ suffix: String, _ size: String, _ codec: [String]) -> Kind {
            let from = ["-v", "error", "-loop", "1", "-i", "JPEG", "-t", "1", "-r", "25"]
            return Kind(
                name, suffix, "ffmpeg",
                from + ["-vf", "scale=\(isSmall ? "640:360" : size),format=yuv420p"] + codec + ["OUT"])
        }
        return [
            converted("PNG", "png", ["-pred", "mixed"]),
            converted("TIFF", "tiff", ["-pix_fmt", "rgb24", "-compression_algo", "lzw"]),
            converted("GIF", "gif"), converted("BMP", "bmp"),
            Kind("WebP, lossy", "lossy.webp", "cwebp", ["-quiet", "-q", "90", "JPEG", "-o", "OUT"]),
            Kind("WebP, lossless", "lossless.webp", "cwebp", ["-quiet", "-z", "2", "PNG", "-o", "OUT"]),
            Kind("JPEG XL", "jxl", "cjxl", ["-e", "3", "PNG", "OUT"]),
            Kind("HEIC, one tile", "heic", "heif-enc", ["-q", "80", "JPEG", "-o", "OUT"]),
            Kind("AVIF", "avif", "heif-enc", ["-A", "-q", "60", "-p", "speed=9", "JPEG", "-o", "OUT"]),
            film("film, H.264", "mp4", "1920:1080", ["-c:v", "libx264", "-preset", "veryfast"]),
            film(
                "film of 4K, HEVC", "mov", "3840:2160",
                ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"]),
        ]
    }

    /// A RAF file, whose head says where the JPEG is.
    private static func raf(_ jpeg: [UInt8]) -> [UInt8] {
        func big(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
        let head = Array("FUJIFILMCCD-RAW 0201".utf8) + [UInt8](repeating: 0, count: 64)
        let places = big(148) + big(jpeg.count) + big(148 + jpeg.count) + big(0)
        return head + places + [UInt8](repeating: 0, count: 48) + jpeg
    }
}
