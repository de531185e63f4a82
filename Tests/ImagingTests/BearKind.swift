import TestSupport
import Testing

@testable import Imaging

/// A kind of JPEG, small enough to be reduced at every scale.
struct BearKind: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// True where `djpeg` cannot write its pixels, and the photo's stand for them.
    var isOfInks = false
    var make: @Sendable () throws -> [UInt8]

    init(_ name: String, isOfInks: Bool = false, make: @escaping @Sendable () throws -> [UInt8]) {
        testDescription = name
        self.isOfInks = isOfInks
        self.make = make
    }

    static let all: [BearKind] = [
        BearKind("4:4:4") { try BearJPEG.photo(.s444) },
        BearKind("4:2:2") { try BearJPEG.photo(.s422) },
        BearKind("4:2:0") { try BearJPEG.photo(.s420) },
        BearKind("4:4:0") { try BearJPEG.photo(.s440) },
        BearKind("4:1:1") { try BearJPEG.photo(.s411) },
        BearKind("grey") { try BearJPEG.photo(.grey) },
        BearKind("progressive") { try tool("jpegtran", "-copy", "all", "-progressive", input: BearJPEG.photo()) },
        BearKind("progressive grey") { try tool("jpegtran", "-progressive", input: BearJPEG.photo(.grey)) },
        BearKind("progressive 4:4:0") { try tool("jpegtran", "-progressive", input: BearJPEG.photo(.s440)) },
        BearKind("arithmetic") { try tool("jpegtran", "-arithmetic", input: BearJPEG.photo()) },
        BearKind("arithmetic 4:1:1") { try tool("jpegtran", "-arithmetic", input: BearJPEG.photo(.s411)) },
        BearKind("progressive and arithmetic 4:2:2") {
            try tool("jpegtran", "-arithmetic", "-progressive", input: BearJPEG.photo(.s422))
        },
        BearKind("optimised, with restarts") {
            try tool("jpegtran", "-optimize", "-restart", "3B", input: BearJPEG.photo())
        },
        BearKind("4:1:0") { try recoded("-sample", "4x2,1x1,1x1") },
        BearKind("4:2:1, colours unlike") { try recoded("-sample", "2x2,1x2,2x1") },
        BearKind("RGB by its component names") { try recoded("-rgb") },
        BearKind("RGB by Adobe's marker") {
            try BearJPEG.separated(lights(), ids: [1, 2, 3], adobeTransform: 0)
        },
        BearKind("a scan for each component") {
            try BearJPEG.separated(lights(), ids: Array("RGB".utf8), adobeTransform: nil)
        },
        BearKind("CMYK, a scan for each ink", isOfInks: true) {
            try BearJPEG.separated(inks(), ids: [1, 2, 3, 4], adobeTransform: 0)
        },
        BearKind("CMYK without Adobe's marker", isOfInks: true) {
            try BearJPEG.separated(inks(), ids: [1, 2, 3, 4], adobeTransform: nil)
        },
        BearKind("CMYK, interleaved", isOfInks: true) {
            let separated = try BearJPEG.separated(inks(), ids: [1, 2, 3, 4], adobeTransform: 0)
            return try tool("jpegtran", "-copy", "all", input: separated)
        },
        BearKind("CMYK, progressive and arithmetic", isOfInks: true) {
            let separated = try BearJPEG.separated(inks(), ids: [1, 2, 3, 4], adobeTransform: 0)
            return try tool("jpegtran", "-copy", "all", "-progressive", "-arithmetic", input: separated)
        },
    ]

    private static func tool(_ name: String, _ arguments: String..., input: [UInt8]) throws -> [UInt8] {
        try ImagingTool.run(name, arguments, input: input)
    }

    private static func recoded(_ arguments: String...) throws -> [UInt8] {
        let pixels = try ImagingTool.run("djpeg", [], input: BearJPEG.photo(.s444))
        return try ImagingTool.run("cjpeg", ["-quality", "92"] + arguments, input: pixels)
    }

    private static func lights() throws -> [[UInt8]] {
        let pixels = try BearJPEG.pixels()
        return (0..<3).map { BearJPEG.plane($0, of: pixels) }
    }

    private static func inks() throws -> [[UInt8]] {
        BearJPEG.inks(of: try BearJPEG.pixels())
    }
}
