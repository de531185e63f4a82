import Decoding
import Foundation
import Imaging
import Model
import TestSupport
import Testing

@Suite("Files that were made to do harm")
struct HostileFileTests {
    /// How many files are tried: MAINSTAY_MUTATIONS, or a few hundred.
    private static let number =
        ProcessInfo.processInfo.environment["MAINSTAY_MUTATIONS"].flatMap { Int($0) } ?? 400
    private static let seed = ProcessInfo.processInfo.environment["MAINSTAY_SEED"].flatMap { UInt64($0) } ?? 1

    /// A file that was right, with some mistakes.
    private static func mutated(_ files: [[UInt8]], _ generator: inout SeededGenerator) -> [UInt8] {
        var file = files.randomElement(using: &generator) ?? []
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0..<max(1, file.count), using: &generator)
            switch Int.random(in: 0..<7, using: &generator) {
            case 0 where file.count > 64: file.removeSubrange(max(32, place)...)
            case 1: for _ in 0..<8 where !file.isEmpty { file[Int.random(in: 0..<file.count, using: &generator)] ^= 1 }
            case 2: file.replaceSubrange(place..<min(place + 4, file.count), with: [0xFF, 0xFF, 0xFF, 0xFF])
            case 3: file.replaceSubrange(place..<min(place + 4, file.count), with: [0x7F, 0xFF, 0xFF, 0xFF])
            case 4: file.replaceSubrange(place..<min(place + 4, file.count), with: [0, 0, 0, 0])
            case 5: file.insert(contentsOf: file.suffix(from: place).prefix(256), at: place)
            default:
                let other = files.randomElement(using: &generator) ?? []
                let from = Int.random(in: 0..<max(1, other.count), using: &generator)
                let part = other.suffix(from: min(from, other.count)).prefix(512)
                file.replaceSubrange(place..<min(place + part.count, file.count), with: part)
            }
        }
        return file
    }

    @Test("Each is refused or shown, none brings the agent down, and the good ones between them have their pictures")
    func mutations() throws {
        var files = try MadeKind.all.map { try $0.make() }
        files.append(
            try Made.by(
                "ffmpeg",
                ["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=128x96:d=0.4", "-pix_fmt", "yuv420p", "OUT"],
                to: "mp4"))
        let good = try Made.colours("PNG24:-")
        var limits = DecoderPool.Limits()
        limits.seconds = 20
        let pool = DecoderPool(program: HostBinaries.path("syncd-decoder"), workers: 2, limits: limits)
        var generator = SeededGenerator(seed: Self.seed)
        var (shown, refused, broken) = (0, 0, 0)
        for number in 0..<Self.number {
            let file = Self.mutated(files, &generator)
            guard let type = ImageType(head: file.prefix(32)), pool.reads(type) else { continue }
            do throws(ImagingError) {
                let picture = try pool.decode(file.span, type, edge: 60, limits: ImagingLimits())
                #expect(!picture.samples.isEmpty)
                shown += 1
            } catch {
                #expect(
                    [.damaged, .endsEarly, .unsupported, .overLimit, .notAnImage].contains(error.code),
                    "seed \(Self.seed), file \(number): \(error)")
                refused += 1
                if error.message.contains("broke down") { broken += 1 }
            }
            if number % 50 == 0 { _ = try Made.decode(good, edge: 60, by: pool) }
        }
        #expect(shown > 0 && refused > 0)
        print("seed \(Self.seed): \(shown) shown, \(refused) refused, \(broken) of these ended their decoder")
    }
}
