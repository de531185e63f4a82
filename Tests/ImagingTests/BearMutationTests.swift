import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("JPEGs that were taken apart and put together wrongly")
struct BearMutationTests {
    @Test("are reduced to right copies, or refused in a sentence", arguments: BearKind.all)
    func mutated(_ kind: BearKind) throws {
        let main = try kind.make()
        var random = SeededNoise(seed: kind.testDescription.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
        var limits = ImagingLimits()
        // Small enough to be quick, large enough for faults in the header's size.
        limits.pixels = 500_000
        limits.scans = 40
        var ends: Set<Bool> = []
        for _ in 0..<60 {
            let file = Self.mutated(main, &random)
            let facts = ImageInspector.facts(of: file)
            let check = ReducedCopyCheck(image: TestJPEG.image, edge: 30, mainSize: facts.size)
            _ = Result { try check.check(file) }
            switch Self.reduced(file, limits) {
            case .success(let copy):
                let seen = try check.check(copy)
                #expect(seen.orientation == facts.orientation)
                #expect(seen.captured == facts.captured)
                ends.insert(true)
            case .failure(let error):
                #expect((error as? ImagingError)?.message.hasSuffix(".") == true)
                ends.insert(false)
            }
        }
        // Both happen, else the faults are too small or too large to tell anything.
        #expect(ends == [true, false])
    }

    @Test("say the same to the inspector in whatever pieces they come", arguments: 1...20 as ClosedRange<UInt64>)
    func pieces(_ seed: UInt64) throws {
        var random = SeededNoise(seed: seed)
        let main = try BearJPEG.photo()
        let copy = try Reducer().reduce(
            main: main.span, image: TestJPEG.image, edge: 30, quality: 85)
        let file = Self.mutated(copy, &random)
        let whole = ImageInspector.facts(of: file)
        for most in [1, 2, 3, 10, 40, 41, 300, 5_000] {
            var inspector = ImageInspector()
            var offset = 0
            while offset < file.count {
                let length = min(file.count - offset, Int.random(in: 0...most, using: &random))
                let piece = Array(file[offset..<offset + length])
                piece.withUnsafeBytes { inspector.consume($0) }
                offset += length
            }
            #expect(inspector.finish() == whole)
        }
    }

    private static func reduced(_ file: [UInt8], _ limits: ImagingLimits) -> Result<[UInt8], any Error> {
        Result { try Reducer(limits: limits).reduce(main: file.span, image: TestJPEG.image, edge: 30, quality: 85) }
    }

    /// The file with one to three segments dropped, doubled, swapped or changed, or faults in the picture's data.
    private static func mutated(_ original: [UInt8], _ random: inout SeededNoise) -> [UInt8] {
        let segments = BearJPEG.segments(of: original)
        var parts = segments.map { Array(original[$0.range]) }
        var data = Array(original[(segments.last?.range.upperBound ?? 2)...])
        for _ in 0..<Int.random(in: 1...3, using: &random) where !parts.isEmpty {
            let index = Int.random(in: 0..<parts.count, using: &random)
            let other = Int.random(in: 0..<parts.count, using: &random)
            let place = Int.random(in: 0..<parts[index].count, using: &random)
            switch Int.random(in: 0..<9, using: &random) {
            case 0: parts.remove(at: index)
            case 1: parts.insert(parts[index], at: other)
            case 2: parts.swapAt(index, other)
            case 3, 4: parts[index][place] = UInt8.random(in: 0...255, using: &random)
            case 5: parts[index].removeLast(min(parts[index].count, 3))
            case 6:
                // A segment of a later part of the file: frames and scans within scans.
                data.insert(contentsOf: parts[index], at: data.count / 2)
            default:
                let faults = data.isEmpty ? 0 : 4
                for _ in 0..<faults {
                    data[Int.random(in: 0..<data.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
            }
        }
        return [0xFF, 0xD8] + parts.joined() + data
    }
}
