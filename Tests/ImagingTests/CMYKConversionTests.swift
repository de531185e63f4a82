import Testing

@testable import Imaging

@Suite("Four inks to three lights")
struct CMYKConversionTests {
    @Test(
        "gives what inks print on paper, where 255 is no ink",
        arguments: [
            // What Little CMS makes of these with the profile of libvips for coated paper.
            ([255, 255, 255, 255], [255, 255, 255]), ([255, 255, 255, 0], [41, 35, 43]),
            ([0, 255, 255, 255], [0, 156, 228]), ([255, 0, 255, 255], [234, 23, 133]),
            ([255, 255, 0, 255], [255, 240, 0]), ([0, 0, 255, 255], [48, 36, 123]), ([0, 255, 0, 255], [0, 143, 63]),
            ([255, 0, 0, 255], [232, 31, 42]), ([0, 0, 0, 0], [33, 33, 44]),
        ] as [([UInt8], [Int])])
    func converts(_ inks: [UInt8], _ lights: [Int]) {
        var samples = inks + inks
        CMYKConversion.toRGB(&samples)
        #expect(samples.count == 6)
        for (found, wanted) in zip(samples, lights + lights) { #expect(abs(Int(found) - wanted) <= 30) }
    }

    @Test("leaves paper white, and grows darker with each ink")
    func order() {
        for ink in 0..<4 {
            var last = 256 * 3
            for amount in 0...255 {
                var samples: [UInt8] = [255, 255, 255, 255]
                samples[ink] = UInt8(255 - amount)
                CMYKConversion.toRGB(&samples)
                let sum = samples.reduce(0) { $0 + Int($1) }
                #expect(amount > 0 || sum == 765)
                #expect(sum <= last)
                last = sum
            }
        }
    }
}
