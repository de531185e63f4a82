import Model

/// Reads the facts of a picture from its file's bytes as they pass by, in one go and without looking back.
///
/// Give it every chunk of the file in order, of any size; what it does not need costs nothing. It holds at most
/// 64 KiB. No content makes it fail: what cannot be read is nil in the facts.
public struct ImageInspector: Sendable {
    private enum State {
        /// Too few bytes for the type yet.
        case head
        /// A JPEG whose segments are walked.
        case jpeg(JPEGFactsReader)
        /// A TIFF of which the beginning is collected.
        case tiff
        /// The facts are final.
        case done(ImageFacts)
    }

    /// Bytes of a TIFF that are kept. Where its directories lie behind its pixels, its size stays unknown.
    private static let mostTIFF = 65_536

    private var state = State.head
    private var kept: [UInt8] = []

    /// An inspector before the file's first byte.
    public init() {}

    /// Takes the next bytes of the file. The chunk is not kept.
    public mutating func consume(_ chunk: UnsafeRawBufferPointer) {
        consume(chunk.bindMemory(to: UInt8.self).span)
    }

    /// The facts, once the file has ended, or has been shown as far as anybody cares to.
    public mutating func finish() -> ImageFacts {
        if case .head = state { decide() }
        switch state {
        case .jpeg(let reader): return reader.facts
        case .tiff: return tiffFacts()
        case .done(let facts): return facts
        case .head: return ImageFacts()
        }
    }

    /// The facts of a whole file in memory.
    public static func facts(of file: [UInt8]) -> ImageFacts {
        var inspector = ImageInspector()
        inspector.consume(file.span)
        return inspector.finish()
    }

    /// Whether the end of a whole file in memory is missing; false of what is no JPEG.
    public static func endIsMissing(in file: [UInt8]) -> Bool {
        ImageType(head: file.prefix(HeadSize.length)) == .jpeg && JPEGLayout(file.span).end == nil
    }

    private mutating func consume(_ chunk: Span<UInt8>) {
        switch state {
        case .done:
            return
        case .jpeg(var reader):
            // Emptied meanwhile, so that the reader's buffer has one owner and is not copied.
            state = .head
            reader.consume(chunk)
            state = reader.isDone ? .done(reader.facts) : .jpeg(reader)
        case .tiff:
            kept += chunk.copy(0..<min(chunk.count, Self.mostTIFF - kept.count))
            if kept.count == Self.mostTIFF { state = .done(tiffFacts()) }
        case .head:
            let part = min(chunk.count, HeadSize.length - kept.count)
            kept += chunk.copy(0..<part)
            guard kept.count == HeadSize.length else { return }
            decide()
            consume(chunk.extracting(part..<chunk.count))
        }
    }

    /// Settles what kind of file it is, from the head that was kept.
    private mutating func decide() {
        switch ImageType(head: kept) {
        case .jpeg:
            var reader = JPEGFactsReader()
            reader.consume(kept.span.extracting(2..<kept.count))
            state = .jpeg(reader)
            kept = []
        case .tiff:
            state = .tiff
        case let type:
            state = .done(ImageFacts(type: type, size: type.flatMap { HeadSize.size(of: $0, head: kept) }))
            kept = []
        }
    }

    private func tiffFacts() -> ImageFacts {
        guard let exif = TIFFBlock(kept).map(ExifFacts.init) else { return ImageFacts(type: .tiff) }
        return ImageFacts(
            type: .tiff,
            size: exif.storedSize.flatMap { .upright($0.width, $0.height, orientation: exif.orientation) },
            captured: exif.captured, orientation: exif.orientation)
    }
}
