import Imaging
import Model
import Testing

@Suite("Sizes that a TIFF claims")
struct TIFFSizeTests {
    /// Directories one after the other, each of whole numbers of 32 bits.
    private static func tiff(_ directories: [[(tag: UInt16, value: UInt32)]]) -> [UInt8] {
        func little(_ value: UInt32, _ size: Int) -> [UInt8] {
            (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var bytes: [UInt8] = [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0]
        for (number, entries) in directories.enumerated() {
            bytes += little(UInt32(entries.count), 2)
            for (tag, value) in entries {
                bytes += little(UInt32(tag), 2) + little(4, 2) + little(1, 4) + little(value, 4)
            }
            bytes += little(number == directories.count - 1 ? 0 : UInt32(bytes.count + 4), 4)
        }
        return bytes
    }

    @Test("Sides whose product no number holds are no size, and do no harm")
    func impossible() {
        let sides: [(tag: UInt16, value: UInt32)] = [(256, .max), (257, .max)]
        for directories in [[[(254, 1)], sides, sides], [sides], [[], sides, sides]] {
            #expect(ImageInspector.facts(of: Self.tiff(directories)).size == nil)
        }
    }

    @Test("Of several pictures the largest counts where the first is a thumbnail")
    func largest() {
        let facts = ImageInspector.facts(
            of: Self.tiff([[(254, 1), (256, 16), (257, 12)], [(256, 300), (257, 200)], [(256, 30), (257, 20)]]))
        #expect(facts.size?.width == 300 && facts.size?.height == 200)
    }
}
