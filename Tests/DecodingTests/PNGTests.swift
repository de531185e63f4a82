import Decoding
import Foundation
import Imaging
import Model
import TestSupport
import Testing

@Suite("Reduced copies of PNG")
struct PNGTests {
    @Test("A PNG becomes a reduced copy with its colours", arguments: ["PNG24:-", "PNG48:-", "PNG8:-", "PNG32:-"])
    func reduces(_ kind: String) throws {
        let main = try Made.colours(kind)
        let copy = try Made.reduce(main, edge: 100)
        let seen = try Made.colours(of: copy)
        #expect(seen.size == "120x90")
        for (found, wanted) in zip(seen.colours, Made.wanted) { #expect(Made.isNear(found, wanted)) }
    }
}
