import Foundation
import Imaging
import TestSupport

/// Photos of a few pixels, no two alike.
enum TinyPhotos {
    private static let photo: [UInt8] = (try? SamplePhoto(seed: 1, width: 8, height: 8).jpeg()) ?? []

    /// Size of one, nearly.
    static var bytes: Int { photo.count + 7 }

    static func write(_ count: Int, to root: URL, perFolder: Int = 1000) throws {
        for start in stride(from: 0, to: count, by: perFolder) {
            let folder = root.appending(path: "\(start / perFolder)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for number in start..<min(start + perFolder, count) {
                // What stands behind the picture's end makes it an image of its own.
                let bytes = photo + Array("\(1_000_000 + number)".utf8)
                try OldFile.write(bytes, to: folder.appending(path: "IMG_\(number).JPG").path)
            }
        }
    }
}
