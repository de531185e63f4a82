import ArgumentParser
import Foundation
import Imaging

/// Writes photo-like pictures, for the demo and for trying things out.
struct MakePhotos: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make-photos",
        abstract: "Write photo-like JPEGs, the same for the same seed.",
        discussion: """
            They are named as a camera's are, in a folder for each month: 2026/05/IMG_0001.JPG, three hours apart. \
            Writes the name of each on a line of its own.

            Example:
              syncd make-photos /tmp/photos --count 24 --seed 1 --width 4000 --height 3000
            """,
        shouldDisplay: false)

    @Argument(help: "The folder to write to.", completion: .directory) var folder: String
    @Option(help: "How many.") var count = 24
    @Option(help: "Which.") var seed: UInt64 = 1
    @Option(help: "Pixels.") var width = 4000
    @Option(help: "Pixels.") var height = 3000
    @Option(help: "JPEG quality, 1 to 100.") var quality = 90
    @Option(help: "The day of the first, 2026-05-01.") var start = "2026-05-01"

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("--count is 1 to 100000.") }
        guard (1...65_500).contains(width), (1...65_500).contains(height) else {
            throw ValidationError("--width and --height are 1 to 65500.")
        }
        guard day != nil else { throw ValidationError("--start is a day, such as 2026-05-01.") }
    }

    /// Seconds since 1970 of the first picture's time: nine in the morning of that day.
    private var day: Int64? {
        (try? Date("\(start)T09:00:00Z", strategy: .iso8601)).map { Int64($0.timeIntervalSince1970) }
    }

    /// Seconds from one picture to the next.
    private static let step: Int64 = 3 * 3600

    func run() async throws {
        let first = day ?? 0
        let pictures = PictureQueue(count: count)
        let failures = await withTaskGroup(of: (any Error)?.self) { group in
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
                group.addTask {
                    // Encoding keeps a core busy, so it has a thread of its own.
                    await withCheckedContinuation { continuation in
                        let thread = Thread {
                            do {
                                while let index = pictures.next() {
                                    try write(index, captured: first + Int64(index) * Self.step)
                                }
                                continuation.resume(returning: nil)
                            } catch {
                                continuation.resume(returning: error)
                            }
                        }
                        thread.stackSize = 4 << 20
                        thread.start()
                    }
                }
            }
            var failures = [any Error]()
            for await failure in group { if let failure { failures.append(failure) } }
            return failures
        }
        if let failure = failures.first {
            throw StartFailure(.failed, "The photos cannot be written to \(folder): \(failure.localizedDescription)")
        }
    }

    private func write(_ index: Int, captured: Int64) throws {
        let time = Date(timeIntervalSince1970: TimeInterval(captured))
        let month = time.formatted(.iso8601).prefix(7).replacingOccurrences(of: "-", with: "/")
        let number = String(index + 1)
        let name = "IMG_" + String(repeating: "0", count: max(0, 4 - number.count)) + number + ".JPG"
        let bytes = try SamplePhoto(seed: seed &* 1_000_003 &+ UInt64(index), width: width, height: height)
            .jpeg(quality: quality, captured: captured)
        let target = URL(fileURLWithPath: folder).appendingPathComponent(month)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        let file = target.appendingPathComponent(name)
        try Data(bytes).write(to: file, options: .withoutOverwriting)
        // As old as the picture says, as a file from a camera is.
        try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: file.path)
        try FileHandle.standardOutput.write(contentsOf: Data("\(month)/\(name)\n".utf8))
    }
}
