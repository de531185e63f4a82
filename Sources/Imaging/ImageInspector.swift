import Model

/// Reads the facts of a picture from its file's bytes as they pass by, in one go and without looking back.
///
/// Give it every chunk of the file in order, of any size; what it does not need costs nothing. It holds at most
/// 3 MiB of it, and of most files 128 KiB. No content makes it fail: what cannot be read is nil in the facts.
public struct ImageInspector: Sendable {
    enum State {
        /// Too few bytes for the type yet.
        case head
        /// A JPEG whose segments are walked.
        case jpeg(JPEGFactsReader)
        /// A file of which parts are read.
        case walk(any FactsWalk, PartCollector)
        /// The facts are final.
        case done(ImageFacts)
    }

    private(set) var state = State.head
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
        case .walk(var walk, var collector):
            collector.finish(for: &walk)
            return walk.facts
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
        case .walk(var walk, var collector):
            // Emptied meanwhile here too.
            state = .head
            state = collector.consume(chunk, for: &walk) ? .walk(walk, collector) : .done(walk.facts)
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
        case let type:
            let size = type.flatMap { HeadSize.size(of: $0, head: kept) }
            guard let type, var walk = Self.walk(type, head: kept, size: size) else {
                let orientation = type == .jpegXL ? JPEGXLHead(kept)?.orientation ?? 1 : 1
                state = .done(ImageFacts(type: type, size: size, orientation: orientation))
                return kept = []
            }
            // All of them begin within the file's first bytes, which passed by already.
            var collector = PartCollector()
            state = collector.consume(kept.span, for: &walk) ? .walk(walk, collector) : .done(walk.facts)
            kept = []
        }
    }

    /// What reads the rest of a file of this type; nil where the head tells all.
    static func walk(_ type: ImageType, head: [UInt8], size: PixelSize?) -> (any FactsWalk)? {
        switch type {
        case .png: PNGFacts(size: size)
        case .webp, .avi: RIFFFacts(type: type, size: size)
        case .matroska: MatroskaFacts()
        case .jpegXL where head.first == 0xFF: nil
        case .heic, .avif, .jpegXL, .mp4, .mov, .threeGP: ISOFacts(type: type)
        case .raw where head.dropFirst(4).starts(with: "ftyp".utf8): ISOFacts(type: type)
        case .raw where head.starts(with: "FUJI".utf8): FujifilmFacts()
        case .tiff, .raw: TIFFFacts(type: type)
        default: nil
        }
    }
}
