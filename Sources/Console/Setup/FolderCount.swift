import Foundation

/// What a folder holds, by the endings of its names: enough to see whether it is the right one.
struct FolderCount: Equatable, Encodable {
    var pictures = 0
    var films = 0
    var others = 0
    var bytes: Int64 = 0

    private static let pictureEndings: Set<String> = [
        "jpg", "jpeg", "heic", "heif", "avif", "png", "webp", "tif", "tiff", "gif", "bmp", "jxl", "cr2", "cr3", "nef",
        "arw",
        "dng", "raf", "orf", "rw2", "pef", "srw",
    ]
    private static let filmEndings: Set<String> = [
        "mp4", "mov", "m4v", "3gp", "mkv", "avi", "mpg", "mpeg", "mts", "wmv",
    ]

    /// Counts all below a folder but hidden files; nil where there is no such folder.
    ///
    /// - Parameter most: files after which it is not gone on with.
    init?(_ folder: String, most: Int = .max) {
        let keys: Set<URLResourceKey> = [.isRegularFileKey, .fileSizeKey]
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue,
            let walk = FileManager.default.enumerator(
                at: URL(fileURLWithPath: folder), includingPropertiesForKeys: Array(keys), options: .skipsHiddenFiles)
        else { return nil }
        for case let file as URL in walk {
            guard let facts = try? file.resourceValues(forKeys: keys), facts.isRegularFile == true else { continue }
            let ending = file.pathExtension.lowercased()
            if Self.pictureEndings.contains(ending) {
                pictures += 1
            } else if Self.filmEndings.contains(ending) {
                films += 1
            } else {
                others += 1
            }
            bytes += Int64(facts.fileSize ?? 0)
            if pictures + films + others >= most { break }
        }
    }

    /// `1,204 pictures, 32 films, 5 other files, 14.2 GB`.
    var text: String {
        let parts = [
            pictures > 0 ? Quantity.count(pictures, "picture") : nil, films > 0 ? Quantity.count(films, "film") : nil,
            others > 0 ? Quantity.count(others, "other file") : nil,
        ].compactMap { $0 }
        return parts.isEmpty ? "empty" : parts.joined(separator: ", ") + ", " + Quantity.bytes(bytes)
    }
}
