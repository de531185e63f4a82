import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Imaging

@Suite("The pool that runs recipes")
struct EditPoolTests {
    @Test("gives what the renderer gives")
    func renders() async throws {
        let main = try TestJPEG.photo()
        let recipe = Edit.recipe(try Edit.look([.exposure: "0.4"]))
        let pool = RenderingPool(threads: 2)
        let pieces = Pieces()
        let caller = Sample.node(1)
        let facts = try await pool.render(recipe, for: caller, load: { main }, into: { pieces.add($0) })
        let wanted = try Renderer(threads: 1).render(main: main, recipe: recipe)
        #expect(pieces.all == wanted)
        #expect(
            facts == Rendition(size: PixelSize(width: 640, height: 480), bytes: Int64(wanted.count), isLossless: false))
        let preview = try await pool.preview(recipe, for: caller, load: { main })
        #expect(ImageInspector.facts(of: preview).marker?.preview == recipe.id)
        pool.shutdown()
        await #expect(throws: ImagingError.self) { try await pool.preview(recipe, for: caller, load: { main }) }
    }

    @Test("what the sink throws ends the work")
    func sink() async throws {
        struct NoRoom: Error {}
        let main = try TestJPEG.photo()
        let recipe = Edit.recipe(try Edit.look([.exposure: "0.4"]))
        let pool = RenderingPool(threads: 2)
        await #expect(throws: NoRoom.self) {
            try await pool.render(recipe, for: Sample.node(1), load: { main }, into: { _ in throw NoRoom() })
        }
        // And the next one is none the worse.
        let preview = try await pool.preview(recipe, for: Sample.node(1), load: { main })
        #expect(!preview.isEmpty)
    }

    @Test("a cancelled rendition ends in the middle")
    func cancelled() throws {
        let main = try TestJPEG.photo(width: 1200, height: 900)
        let asked = Mutex(0)
        let recipe = Edit.recipe(try Edit.look([.exposure: "0.4"]))
        #expect(throws: CancellationError.self) {
            try Renderer(threads: 3).render(
                main: main, recipe: recipe,
                isCancelled: {
                    asked.withLock { count in
                        count += 1
                        return count > 10
                    }
                }, into: { _ in })
        }
        #expect(asked.withLock { $0 } < 20)
    }
}
