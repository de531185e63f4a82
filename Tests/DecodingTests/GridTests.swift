import Decoding
import Imaging
import TestSupport
import Testing

@Suite("Pictures in a grid of tiles")
struct GridTests {
    @Test(
        "The tiles stand at their places, and the whole is turned as its box says",
        arguments: [(UInt8(0), "1"), (1, "8"), (3, "6")])
    func grid(_ turns: UInt8, _ orientation: String) throws {
        let main = try GridHEIC.make(Made.wanted, turns: turns)
        for (edge, size) in [(250, "250x250"), (60, "63x63")] {
            let copy = try Made.reduce(main, edge: edge)
            let seen = try Made.colours(of: copy)
            #expect(seen.size == size)
            for (found, wanted) in zip(seen.colours, Made.wanted) { #expect(Made.isNear(found, wanted), "\(found)") }
            let said = try ImagingTool.exif(["IFD0:Orientation"], of: copy)
            #expect(said == [orientation == "1" ? "-" : orientation])
        }
    }

    @Test("A picture whose last tile is cut off is refused, and the next one is read")
    func broken() throws {
        let main = try GridHEIC.make(Made.wanted, turns: 0)
        let end = main.prefix(main.count - 10)
        #expect { _ = try Made.decode(Array(end), edge: 60) } throws: { ($0 as? ImagingError)?.code == .endsEarly }
        _ = try Made.decode(main, edge: 60)
    }
}
