import Decoding
import Foundation
import Glibc
import Imaging
import Model
import TestSupport

/// A main of some type, and the decoder that reads it here: one of its own, so that its memory is that of this file.
final class FormatFile {
    let name: String
    let file: URL
    let type: ImageType
    /// Upright, in pixels.
    let size: PixelSize?
    /// What the table says it is to take of vipsthumbnail's time on one core.
    let share: Double
    let pool: DecoderPool

    /// Nil for a file that is no picture that is decoded here.
    ///
    /// - Parameter name: what the table calls it; nil for the file's own.
    init?(_ file: URL, name: String? = nil) throws {
        var limits = DecoderPool.Limits()
        // Until it is asked for its memory.
        limits.rest = 3600
        pool = DecoderPool(workers: 1, limits: limits)
        let bytes = Array(try Data(contentsOf: file))
        let facts = ImageInspector.facts(of: bytes)
        guard let type = facts.type, type != .jpeg, Reducer(decoder: pool).types.contains(type) else { return nil }
        // A file that is refused is none to measure.
        guard (try? Self.reduce(file, type, by: Reducer(decoder: pool))) != nil else { return nil }
        (self.name, self.file, self.type, size) = (name ?? file.lastPathComponent, file, type, facts.size)
        share = Self.isRead(type, bytes) ? 0.7 : 1
    }

    static let (edge, quality) = (2048, 85)

    var isFilm: Bool { type.isFilm }
    var megapixels: Double { size.map { Double($0.width * $0.height) / 1e6 } ?? 0 }

    /// As an agent makes the copy for a peer, with a decoder that runs already.
    @discardableResult
    func reduce(edge: Int = edge, quality: Int = quality) throws -> [UInt8] {
        try Self.reduce(file, type, edge: edge, quality: quality, by: Reducer(decoder: pool))
    }

    static func reduce(
        _ file: URL, _ type: ImageType, edge: Int = edge, quality: Int = quality, by reducer: Reducer
    ) throws -> [UInt8] {
        if Reducer.isReadInMemory(type) {
            let main = Array(try Data(contentsOf: file))
            return try reducer.reduce(main: main.span, image: Sample.image(0), edge: edge, quality: quality)
        }
        let main = try FormatMain(file)
        return try reducer.reduce(
            main: main, head: try main.head(), image: Sample.image(0), edge: edge, quality: quality)
    }

    /// The most memory that the decoder had so far, in megabytes.
    func memory() throws -> Double? {
        guard let decoder = pool.idle.first else { return nil }
        return try ProcessMemory.highest(of: decoder)
    }

    /// Whether it can be read a part at a time: by tiles or by rows.
    private static func isRead(_ type: ImageType, _ bytes: [UInt8]) -> Bool {
        switch type {
        case .heic: ((try? HEIFPicture(bytes.span))?.tiles.count ?? 1) > 1
        case .png, .tiff, .bmp: true
        case .webp: bytes.dropFirst(12).starts(with: Array("VP8 ".utf8))
        default: false
        }
    }
}

/// The open file of a main.
private final class FormatMain: OpenMain {
    let descriptor: Int32

    init(_ file: URL) throws {
        descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw HostFailure("\(file.path) cannot be read") }
    }

    deinit { close(descriptor) }

    func checkUnchanged() {}

    func head() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }
}
