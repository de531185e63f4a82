public import Model

/// Values of Model for tests, told apart by small numbers.
public enum Sample {
    /// The node whose id is all `number`.
    public static func node(_ number: UInt8) -> NodeID { NodeID(bytes(number, number)) }

    /// The image number `number`; different numbers, different images.
    public static func image(_ number: Int) -> ImageID {
        ImageID(bytes(UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)))
    }

    private static func bytes(_ high: UInt8, _ low: UInt8) -> Bytes32 {
        guard let bytes = Bytes32((0..<32).map { $0 % 2 == 0 ? high : low }) else { preconditionFailure("32 bytes") }
        return bytes
    }

    /// A path that is known to be valid.
    public static func path(_ text: String) -> RelativePath {
        do { return try RelativePath(text) } catch { preconditionFailure("'\(text)' \(error)") }
    }

    /// The record of a large JPEG main.
    public static func main(_ path: String, _ image: Int, bytes: Int64 = 3_000_000, type: ImageType = .jpeg) -> FileInfo
    {
        FileInfo(
            path: Self.path(path), image: Self.image(image), form: .main, bytes: bytes, mainBytes: bytes, type: type,
            size: PixelSize(width: 6000, height: 4000), captured: 1_780_000_000)
    }

    /// The record of a reduced copy of ``main(_:_:bytes:type:)``.
    public static func reduced(_ path: String, _ image: Int, edge: Int = 2048) -> FileInfo {
        var info = main(path, image)
        info.form = .reduced
        info.bytes = 400_000
        info.edge = edge
        return info
    }
}
