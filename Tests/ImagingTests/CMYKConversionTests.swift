import Testing

@testable import Imaging

@Suite("Four inks to three lights")
struct CMYKConversionTests {
    @Test(
        "takes 255 as no ink with Adobe's marker, and as all of it without",
        arguments: [
            ([255, 255, 255, 255], [255, 255, 255]), ([255, 255, 255, 0], [0, 0, 0]),
            ([0, 255, 255, 255], [0, 255, 255]),
            ([255, 128, 0, 255], [255, 128, 0]), ([200, 100, 50, 128], [100, 50, 25]),
        ] as [([UInt8], [UInt8])])
    func converts(_ inks: [UInt8], _ lights: [UInt8]) {
        var inverted = inks + inks
        CMYKConversion.toRGB(&inverted, isInverted: true)
        #expect(inverted == lights + lights)
        var plain = (inks + inks).map { 255 - $0 }
        CMYKConversion.toRGB(&plain, isInverted: false)
        #expect(plain == lights + lights)
    }
}
