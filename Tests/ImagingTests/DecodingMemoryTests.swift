import Model
import Synchronization
import TestSupport
import Testing

@testable import Imaging

@Suite("Memory that is shared by all who decode")
struct DecodingMemoryTests {
    @Test("pictures that need too much together are made one after the other, and one that needs all of it is made")
    func shared() async throws {
        let memory = DecodingMemory(bytes: 100)
        let reducing = ReducingPool(threads: 4, memory: memory)
        let rendering = RenderingPool(threads: 1, memory: memory)
        let main = try TestJPEG.photo()
        let recipe = Edit.recipe(try Edit.look([.exposure: "0.4"]))
        let used = Mutex((now: 0, most: 0))
        let load: @Sendable (Int) -> [UInt8] = { bytes in
            used.withLock {
                $0.now += bytes
                $0.most = max($0.most, $0.now)
            }
            // Long enough for others to begin, if nothing keeps them from it.
            for _ in 0..<2_000 where used.withLock({ $0.now }) == bytes {}
            used.withLock { $0.now -= bytes }
            return main
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<12 {
                let bytes = [40, 60, 70, 1_000][number % 4]
                group.addTask {
                    _ = try await reducing.reduce(
                        image: TestJPEG.image, edge: 64, quality: 85, for: Sample.node(UInt8(number)), memory: bytes
                    ) { load(min(bytes, 100)) }
                }
            }
            group.addTask {
                _ = try? await rendering.preview(recipe, for: Sample.node(1), memory: 90) { load(90) }
            }
            try await group.waitForAll()
        }
        #expect(used.withLock { $0.most } <= 100)
    }

    @Test("what a picture may need follows from its size, and from the largest that is decoded where that is not known")
    func need() {
        let limits = ImagingLimits()
        var info = Sample.main("a.jpg", 1, bytes: 8_000_000)
        #expect(limits.memory(decoding: info) == 8_000_000 + 24_000_000 * 6)
        info.size = PixelSize(width: .max, height: 2)
        #expect(limits.memory(decoding: info) == 8_000_000 + limits.coefficientBytes)
        (info.size, info.mainBytes) = (nil, .max)
        #expect(limits.memory(decoding: info) == ImagingLimits.largestJPEG + limits.coefficientBytes)
    }
}
