import Catalogue
import Disk
import Imaging
import Model

/// How long films last that an earlier version has listed.
extension LibraryService {
    /// The setting that says that all of them were looked at.
    private static let looked = "lengths"

    /// Asks films for their length, once: of those that are new it is read with the file. Only what stands beside the
    /// pictures is read.
    func learnLengths() async throws {
        let (catalogue, shelf) = (parts.catalogue, parts.shelf)
        guard try await catalogue.setting(Self.looked) == nil else { return }
        var last: RelativePath?
        while true {
            try Task.checkCancellation()
            let after = last
            let (page, images) = try await catalogue.change { turn in
                let page = try await catalogue.filmsWithoutLength(after: after, limit: Self.films)
                let all = try await shelf.run { folder in page.map { Self.facts(of: $0, in: folder) } }
                let images = try await catalogue.apply(
                    zip(page, all).compactMap { own, facts in
                        guard let facts, let length = facts.milliseconds else { return nil }
                        var own = own
                        own.info.duration = length
                        own.info.size = own.info.size ?? facts.size
                        own.info.captured = own.info.captured ?? facts.captured
                        return .image(own)
                    }, turn)
                return (page, images)
            }
            await published(images)
            last = page.last?.file
            if page.count < Self.films { break }
        }
        try await catalogue.setSetting(Self.looked, to: "yes")
    }

    /// Films that are looked at in one turn: others wait for it, and a disk takes some 10 ms for each.
    private static let films = 32

    /// nil where the file cannot be read now, or is another.
    private static func facts(of own: OwnFile, in folder: LibraryFolder) -> ImageFacts? {
        guard let file = try? folder.open(own.file, expecting: own.stamp.identity), let head = try? FilmHead(of: file)
        else { return nil }
        var inspector = ImageInspector()
        for part in head.parts {
            var offset = part.lowerBound
            while offset < part.upperBound {
                let count = Int(min(part.upperBound - offset, FilmHead.chunk))
                guard let bytes = try? file.read(from: offset, count: count), !bytes.isEmpty else { return nil }
                bytes.withUnsafeBytes { inspector.consume($0) }
                offset += Int64(bytes.count)
            }
        }
        return (try? file.checkUnchanged()) == nil ? nil : inspector.finish()
    }
}

/// The parts of a film's file that say what it is, without its pictures.
struct FilmHead {
    /// In the order of the file.
    private(set) var parts: [Range<Int64>] = []

    /// Bytes that are read at once.
    static let chunk: Int64 = 1 << 20
    /// Bytes of a file without boxes that are looked at: Matroska and AVI say their length before their pictures.
    private static let head: Int64 = 1 << 20
    /// Boxes that are walked over: a film has its header among the first few, or behind one of pictures.
    private static let mostBoxes = 1_000
    /// A header of more bytes has no place in memory.
    private static let longestBox: Int64 = 64 << 20

    init(of file: OpenFile) throws {
        let end = file.found.identity.bytes
        let first = try file.read(from: 0, count: 32)
        guard let type = ImageType(head: first), [.mp4, .mov, .threeGP].contains(type) else {
            parts = [0..<min(end, Self.head)]
            return
        }
        var offset: Int64 = 0
        for _ in 0..<Self.mostBoxes where offset < end {
            let head = try file.read(from: offset, count: 16)
            guard head.count >= 8 else { return }
            func number(_ range: Range<Int>) -> Int64? {
                guard range.upperBound <= head.count, head[range.lowerBound] < 0x80 || range.count < 8 else {
                    return nil
                }
                return head[range].reduce(0) { $0 << 8 | Int64($1) }
            }
            let name = String(decoding: head[4..<8], as: UTF8.self)
            guard let short = number(0..<4), let length = short == 1 ? number(8..<16) : short else { return }
            // 0: up to the end of the file.
            let size = length == 0 ? end - offset : min(length, end - offset)
            guard size >= 8 else { return }
            if !["mdat", "free", "skip", "wide"].contains(name), size <= Self.longestBox {
                parts.append(offset..<offset + size)
            }
            if name == "moov" { return }
            offset += size
        }
    }
}

extension ImageFacts {
    /// ``duration`` as records have it.
    var milliseconds: Int64? {
        duration.map { Int64($0 / .milliseconds(1)) }.flatMap { (1...FileInfo.longestFilm).contains($0) ? $0 : nil }
    }
}

extension FileInfo {
    /// ``duration`` as a person counts.
    var seconds: Double? { duration.map { Double($0) / 1_000 } }
}
