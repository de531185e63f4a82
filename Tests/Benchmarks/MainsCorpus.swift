import Foundation
import Imaging
import TestSupport

/// Photos in a few folders, no two of which have a block of bytes in common.
struct MainsCorpus: Sendable {
    let count: Int
    let source: PhotoSource
    /// Photos in one folder.
    let perFolder: Int

    var folders: [String] { (0...(count - 1) / perFolder).map { "2026/\($0 + 100)" } }

    /// Writes the photos.
    ///
    /// - Returns: bytes of all of them.
    func write(to root: URL) throws -> Int64 {
        let photos = try source.photos(min(count, 16))
        try makeFolders(in: root)
        var total: Int64 = 0
        for number in 0..<count {
            let bytes = varied(photos[number % photos.count], number)
            let file = root.appending(path: "\(folders[number / perFolder])/IMG_\(number).JPG")
            try OldFile.write(bytes, to: file.path, later: number)
            total += Int64(bytes.count)
        }
        return total
    }

    /// Makes the folders, so that what comes into them can be watched from the beginning.
    func makeFolders(in root: URL) throws {
        for folder in folders {
            try FileManager.default.createDirectory(
                at: root.appending(path: folder), withIntermediateDirectories: true)
        }
    }

    func watch(_ root: URL) throws -> Arrivals {
        try Arrivals(in: folders.map { root.appending(path: $0) }, count: count)
    }

    /// The photo with other bytes here and there in its picture: a tool that knows a block from another file, as
    /// Syncthing does, would otherwise not send it.
    private func varied(_ photo: [UInt8], _ number: Int) -> [UInt8] {
        var photo = photo
        var random = SeededGenerator(seed: UInt64(number))
        for start in stride(from: photo.count / 8, to: photo.count - 8, by: 16_384) {
            // Never a byte that begins or follows a marker: the file stays a JPEG.
            for place in start..<start + 4 where photo[place] != 0xFF && photo[place - 1] != 0xFF {
                photo[place] = UInt8.random(in: 1...0xFE, using: &random)
            }
        }
        return photo
    }
}
