import Catalogue
import Foundation
import Model
import TestSupport

/// The catalogue with many records: opening it, and bringing digests up to date.
enum DigestBenchmark {
    static func run(_ scale: Scale) async throws -> [Figure] {
        try await withTemporaryFolder { folder in
            let path = folder.appending(path: "catalogue.sqlite").path
            let catalogue = try CatalogueDatabase(path: path)
            let peer = PeerRow(id: Sample.node(1), name: "p", certificate: [], addresses: [], paired: 0)
            try await catalogue.setPeer(peer)
            var taken = 0.0
            for start in stride(from: 1, to: scale.records + 1, by: 1024) {
                let entries = (start..<min(start + 1024, scale.records + 1)).map { number in
                    var info = Sample.main("2026/\(number / 1000)/IMG_\(number).JPG", 0)
                    info.image = Self.image(number)
                    return MirrorEntry(
                        sequence: Int64(number),
                        fingerprint: Fingerprint(line: Record(sequence: Int64(number), info: info).line),
                        content: .file(info))
                }
                let range = SequenceRange(from: Int64(start), to: Int64(start + 1024))
                taken += try await seconds {
                    _ = try await catalogue.replaceMirror(of: peer.id, range: range, with: entries)
                }
            }
            try catalogue.close()
            let opening = try await (0..<3).asyncMap { _ in
                try await seconds { try CatalogueDatabase(path: path).close() } * 1000
            }
            // What was written last may still stand in the log beside the database.
            let size = [path, path + "-wal"].reduce(0) { sum, file in
                let attributes = try? FileManager.default.attributesOfItem(atPath: file)
                return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
            }
            return [
                Figure("digests: records taken into a mirror", [Double(scale.records) / taken], "/s", target: "100000"),
                Figure("digests: opening \(scale.records) records", opening, "ms"),
                Figure(
                    "digests: catalogue, bytes a record", [Double(size) / Double(scale.records)], "B", target: "< 400"),
            ]
        }
    }

    private static func image(_ number: Int) -> ImageID {
        var random = SeededGenerator(seed: UInt64(number))
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        return Bytes32(bytes).map(ImageID.init) ?? Sample.image(number)
    }
}

extension Sequence {
    func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var result: [T] = []
        for element in self { result.append(try await transform(element)) }
        return result
    }
}
