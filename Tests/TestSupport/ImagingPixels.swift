import Foundation

/// Pixels of a binary PPM or PGM, as `djpeg` writes them, and what to compare them by.
public struct ImagingPixels: Sendable {
    /// In pixels.
    public var width: Int
    /// In pixels.
    public var height: Int
    /// 1 or 3 bytes a pixel.
    public var channels: Int
    /// Row by row.
    public var bytes: [UInt8]

    /// A picture of these bytes.
    public init(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
        self.width = width
        self.height = height
        self.channels = channels
        self.bytes = bytes
    }

    /// What `djpeg` makes of a JPEG, of which it must not complain.
    public init(jpeg: [UInt8]) throws {
        try self.init(pnm: try ImagingTool.run("djpeg", [], input: jpeg))
    }

    /// The pixels of a binary PPM or PGM of 8 bits.
    public init(pnm file: [UInt8]) throws {
        // P6, width and height, 255: each ended by one white space. A comment goes to its line's end.
        var words: [String] = []
        var start = 0
        while words.count < 4, let end = file[start...].prefix(256).firstIndex(where: { $0 <= 0x20 }) {
            if file[start] == UInt8(ascii: "#") {
                start = (file[start...].firstIndex(of: UInt8(ascii: "\n")) ?? file.count - 1) + 1
            } else {
                words.append(String(decoding: file[start..<end], as: UTF8.self))
                start = end + 1
            }
        }
        guard words.count == 4, let width = Int(words[1]), let height = Int(words[2]), words[3] == "255" else {
            throw ImagingTool.Failure(description: "no PNM of 8 bits: \(words)")
        }
        self.init(
            width: width, height: height, channels: words[0] == "P6" ? 3 : 1, bytes: Array(file[start...]))
    }

    /// The picture at another size, each pixel the mean of the square of `step` pixels that it covers.
    public func reduced(width newWidth: Int, height newHeight: Int, step: Double) -> ImagingPixels {
        let across = Self.weights(from: width, to: newWidth, step)
        let down = Self.weights(from: height, to: newHeight, step)
        var result = [UInt8](repeating: 0, count: newWidth * newHeight * channels)
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                for channel in 0..<channels {
                    var sum = 0.0
                    for (row, rowWeight) in down[y] {
                        for (column, weight) in across[x] {
                            sum += Double(bytes[(row * width + column) * channels + channel]) * weight * rowWeight
                        }
                    }
                    result[(y * newWidth + x) * channels + channel] = UInt8(min(max(sum.rounded(), 0), 255))
                }
            }
        }
        return ImagingPixels(width: newWidth, height: newHeight, channels: channels, bytes: result)
    }

    /// Peak signal to noise ratio against a picture of the same size, in decibels.
    public func psnr(against other: ImagingPixels) -> Double {
        guard width == other.width, height == other.height, channels == other.channels else { return -1 }
        let squares = zip(bytes, other.bytes).reduce(0) { sum, pair in
            sum + (Int(pair.0) - Int(pair.1)) * (Int(pair.0) - Int(pair.1))
        }
        guard squares > 0 else { return .infinity }
        return 10 * log10(65_025 * Double(bytes.count) / Double(squares))
    }

    private static func weights(from old: Int, to new: Int, _ step: Double) -> [[(Int, Double)]] {
        (0..<new).map { index in
            let (start, end) = (Double(index) * step, min(Double(old), Double(index + 1) * step))
            return (Int(start)..<min(old, Int(end.rounded(.up)))).map { source in
                (source, (min(end, Double(source + 1)) - max(start, Double(source))) / (end - start))
            }
        }
    }
}
