import Foundation
import Glibc
import Imaging
import Model
import TestSupport

/// The memory that a recipe takes on a main of 100 MP, its bytes included.
enum EditMemory {
    static func figures(_ scale: Scale, _ folder: URL) throws -> [Figure] {
        let isFull = scale.source.width == Scale.full.source.width
        let (width, height) = isFull ? (11_648, 8736) : (scale.source.width, scale.source.width * 2 / 3)
        let file = folder.appending(path: "large.jpg")
        try Data(try SamplePhoto(seed: 2, width: width, height: height).jpeg()).write(to: file)
        let looks = [
            ("light and colour", try EditLooks.usual(nil)),
            ("straightened", try EditLooks.straightened()),
        ]
        return try looks.map { name, look in
            let recipe = Recipe(image: Sample.image(2), look: look)
            try ProcessMemory.resetHighest()
            let before = try ProcessMemory.resident()
            try render(file, recipe)
            let megabytes = try ProcessMemory.highest()
            return Figure(
                "  memory at \(width * height / 1_000_000) MP, \(name)", [megabytes - before], "MB",
                .atMost(200))
        }
    }

    /// Reads the main into one array, and lets go of it.
    private static func render(_ file: URL, _ recipe: Recipe) throws {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let size = Int(try handle.seekToEnd())
        let main = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = max(0, pread(handle.fileDescriptor, buffer.baseAddress, size, 0))
        }
        try Renderer().render(main: main, recipe: recipe) { _ in }
    }
}
