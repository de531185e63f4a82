import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Imaging

@Suite("Memory that is shared by all who decode")
struct DecodingMemoryTests {
    @Test(
        "what needs too much together comes one after the other, in turn, and what needs more than all of it comes alone"
    )
    func shared() async throws {
        let memory = DecodingMemory(bytes: 100)
        let gauge = Gauge()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<12 {
                let bytes = [40, 60, 70, 1_000][number % 4]
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread {
                            memory.take(bytes) { gauge.use(min(bytes, 100)) }
                            continuation.resume()
                        }.start()
                    }
                }
            }
        }
        #expect(gauge.used.withLock { $0.most } <= 100)
        #expect(gauge.used.withLock { $0.done } == 12)
    }

    private final class Gauge: Sendable {
        let used = Mutex((now: 0, most: 0, done: 0))

        func use(_ share: Int) {
            used.withLock {
                $0.now += share
                $0.most = max($0.most, $0.now)
            }
            // Long enough for others to begin, if nothing keeps them from it.
            for _ in 0..<2_000 where used.withLock({ $0.now }) == share {}
            used.withLock { ($0.now, $0.done) = ($0.now - share, $0.done + 1) }
        }
    }

    @Test("both pools wait for room, and whoever fails gives it back")
    func pools() async throws {
        let memory = DecodingMemory(bytes: 100)
        let reducing = ReducingPool(threads: 2, memory: memory)
        let rendering = RenderingPool(threads: 1, memory: memory)
        let main = try TestJPEG.photo()
        let recipe = Edit.recipe(try Edit.look([.exposure: "0.4"]))
        for _ in 0..<3 {
            _ = try await reducing.reduce(image: TestJPEG.image, edge: 64, quality: 85, for: Sample.node(1)) { main }
            _ = try await rendering.preview(recipe, for: Sample.node(1)) { main }
            await #expect(throws: ImagingError.self) {
                try await reducing.reduce(image: TestJPEG.image, edge: 64, quality: 85, for: Sample.node(1)) { [1] }
            }
        }
    }

    @Test("what a picture may need follows from its header, and is that of the largest where there is none")
    func need() throws {
        let limits = ImagingLimits()
        let photo = try TestJPEG.photo()
        #expect(limits.memory(decoding: photo) == photo.count + 640 * 480 * 6)
        #expect(limits.memory(decoding: [1, 2, 3]) == 3 + limits.coefficientBytes)
    }
}
