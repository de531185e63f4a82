import Foundation
import Glibc
import Imaging
import Model
import TestSupport

/// The memory that a recipe takes on a main of 100 MP, its bytes included, and what this program had before.
enum EditMemory {
    static func figures(_ scale: Scale, _ folder: URL) throws -> [Figure] {
        let isFull = scale.width == Scale.full.width
        let (width, height) = isFull ? (11_648, 8736) : (scale.width, scale.width * 2 / 3)
        let file = folder.appending(path: "large.jpg")
        try Data(try SamplePhoto(seed: 2, width: width, height: height).jpeg()).write(to: file)
        let looks = [
            ("light, colour and contrast", try EditLooks.usual(nil)),
            ("straightened and sharpened too", try EditLooks.straightened()),
        ]
        return try looks.map { name, look in
            let recipe = Recipe(image: Sample.image(2), look: look)
            try ProcessMemory.resetHighest()
            let before = try ProcessMemory.resident()
            try render(file, recipe)
            let megabytes = try ProcessMemory.highest()
            return Figure(
                "edit: memory at \(width * height / 1_000_000) MP, \(name) (\(Int(before)) before)", [megabytes], "MB",
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
