import Control
import Foundation
import Glibc

/// The folder that the demo plays in: made for it, and gone with it.
struct DemoFolder {
    let path: String

    /// Makes it in the folder for temporary files.
    init() throws {
        let base = Environment.current["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
        var template = Array("\(base)/mainstay-demo-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ControlFailure(
                .failed,
                "No folder can be made in \(base) (\(String(cString: strerror(errno)))): set TMPDIR to another.")
        }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    /// Removes it with all that is in it.
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Copies the pictures below `source` to `library`, which keeps their places and times. Only reads `source`.
    ///
    /// Hidden files, links and what has no picture's name stay behind, and so does what lies in `library` itself.
    ///
    /// - Parameter each: called after each picture with the count and the bytes so far.
    static func copy(_ source: String, to library: String, each: (Int, Int64) throws -> Void) throws {
        let manager = FileManager.default
        guard let found = manager.enumerator(atPath: source) else {
            throw ControlFailure(.usage, "There is no folder \(source): name one with photos.")
        }
        var count = 0
        var bytes: Int64 = 0
        while let name = found.nextObject() as? String {
            try Task.checkCancellation()
            let last = name.split(separator: "/").last ?? ""
            if last.hasPrefix(".") {
                found.skipDescendants()
                continue
            }
            guard let attributes = found.fileAttributes, attributes[.type] as? FileAttributeType == .typeRegular,
                let ending = last.split(separator: ".").last, endings.contains(ending.lowercased())
            else { continue }
            let target = library + "/" + name
            do {
                let folder = target.split(separator: "/").dropLast().map { "/" + $0 }.joined()
                try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try manager.copyItem(atPath: source + "/" + name, toPath: target)
                if let time = attributes[.modificationDate] {
                    try manager.setAttributes([.modificationDate: time], ofItemAtPath: target)
                }
            } catch {
                throw ControlFailure(.failed, "\(name.printable) cannot be copied: \(error.localizedDescription)")
            }
            count += 1
            bytes += (attributes[.size] as? NSNumber)?.int64Value ?? 0
            try each(count, bytes)
        }
        guard count > 0 else {
            throw ControlFailure(.usage, "There are no photos in \(source): name a folder with some.")
        }
    }

    /// Endings of files that are worth copying. What they are is told by their bytes, by the agent.
    private static let endings: Set<String> = [
        "jpg", "jpeg", "png", "gif", "tif", "tiff", "webp", "heic", "heif", "avif", "jxl", "bmp", "cr2", "cr3", "nef",
        "arw", "dng", "raf", "orf", "rw2", "pef", "mp4", "m4v", "mov", "3gp", "mkv", "avi", "mpg", "mpeg", "wmv", "xmp",
        "aae",
    ]
}
