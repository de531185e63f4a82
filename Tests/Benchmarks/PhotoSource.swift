import Foundation
import Imaging
import TestSupport

/// The photos that are worked on: made with a seed, or those of a folder.
struct PhotoSource: Sendable {
    /// Long edge of those that are made, in pixels.
    var width: Int
    private var given: [URL] = []

    init(width: Int) { self.width = width }

    /// Takes the JPEGs below a folder instead.
    mutating func take(from folder: String) throws {
        let files = FileManager.default.enumerator(at: URL(filePath: folder), includingPropertiesForKeys: nil)
        given = (files?.compactMap { $0 as? URL } ?? [])
            .filter { ["jpg", "jpeg"].contains($0.pathExtension.lowercased()) }
            .sorted { $0.path < $1.path }
        guard !given.isEmpty else { throw HostFailure("there is no JPEG below \(folder)") }
    }

    /// The photo with this number: always the same one.
    func photo(_ number: Int) throws -> [UInt8] {
        guard given.isEmpty else { return Array(try Data(contentsOf: given[number % given.count])) }
        return try SamplePhoto(seed: UInt64(number), width: width, height: width * 2 / 3).jpeg()
    }

    /// As many different ones as there are, `most` at the most.
    func photos(_ most: Int) throws -> [[UInt8]] {
        try (0..<min(most, given.isEmpty ? most : given.count)).map(photo)
    }
}
