import Model

extension ImageInspector {
    /// The facts of a file any part of which can be had: little more of it is read than what is asked for.
    ///
    /// - Parameter read: gives the bytes at a place of the file; fewer where it ends.
    public static func facts(reading read: (Range<Int>) throws -> [UInt8]) rethrows -> ImageFacts {
        let head = try read(0..<HeadSize.length)
        guard let type = ImageType(head: head), type != .jpeg,
            var walk = walk(type, head: head, size: HeadSize.size(of: type, head: head))
        else { return try passing(read) }
        for _ in 0..<mostReads {
            guard let wanted = walk.wanted, wanted.count <= PartCollector.mostBytes, wanted.upperBound < 1 << 60
            else { break }
            let part = wanted.isEmpty ? [] : try read(wanted)
            // The file ends before it.
            if part.isEmpty, !wanted.isEmpty { break }
            walk.take(part)
        }
        return walk.facts
    }

    /// Parts of a file that are read: a film has some dozens, a PNG of 500 MB that many.
    private static let mostReads = 100_000
    /// Of a JPEG's segments before its picture; cameras write some tens of kilobytes, and some megabytes of depth.
    private static let mostHead = 16 << 20

    /// Of a file that is read from its beginning until its facts are known.
    private static func passing(_ read: (Range<Int>) throws -> [UInt8]) rethrows -> ImageFacts {
        var inspector = ImageInspector()
        let length = PartCollector.headBytes
        for place in stride(from: 0, to: mostHead, by: length) where !inspector.isDone {
            let part = try read(place..<place + length)
            part.withUnsafeBytes { inspector.consume($0) }
            if part.count < length { break }
        }
        return inspector.finish()
    }

    /// Whether nothing more is wanted.
    private var isDone: Bool { if case .done = state { true } else { false } }
}
