import Model
import TestSupport
import Testing

@testable import Imaging

/// The protocol's pages on markers and on the arithmetic of recipes, held against the code. Their numbers were computed
/// from the pages' rules by another program.
@Suite("The protocol's pages on pictures")
struct PageTests {
    private static let recipes = "PeerProtocol/PeerProtocol.docc/Recipes.md"

    /// The picture of the example: 6 by 4 pixels.
    private static let picture: [UInt8] = (0..<4).flatMap { (y: Int) -> [UInt8] in
        (0..<6).flatMap { (x: Int) -> [UInt8] in
            [UInt8(20 + 30 * x), UInt8(15 + 60 * y), UInt8(255 - 25 * x - 20 * y)]
        }
    }

    @Test("A look gives the samples on the page, to the last rounding")
    func samples() throws {
        let blocks = try DoccPage(Self.recipes, heading: "Example").blocks
        #expect(blocks.count == 3)
        for block in blocks {
            let lines = block.split(separator: "\n")
            let look = try Look(json: Array(lines[0].utf8))
            let source = RenderSource(width: 6, height: 4, orientation: .upright)
            let geometry = RenderGeometry(look, of: source)
            let development = Development(look, space: .sRGB, isGrey: false, longEdge: source.longEdge)
            var developer = BandDeveloper(development, geometry, source)
            let stride = 3 * geometry.width
            var result = [UInt8](repeating: 0, count: stride * geometry.height)
            Self.picture.withUnsafeBufferPointer { picture in
                result.withUnsafeMutableBufferPointer { result in
                    guard let from = picture.baseAddress, let to = result.baseAddress else { return }
                    developer.develop(
                        0..<geometry.height, from: BandDeveloper.Ring(base: from, stride: 18, rows: 4), into: to,
                        stride: stride)
                }
            }
            let rows = Swift.stride(from: 0, to: result.count, by: stride).map { row in
                Hex.encode(result[row..<row + stride])
            }
            #expect(rows == lines.dropFirst().map { row in String(row.filter { $0 != " " }) }, "\(lines[0])")
        }
    }

    @Test("The tables have the numbers on the page")
    func tables() throws {
        let page = try DoccPage(Self.recipes, heading: "Example")
        func numbers(_ name: String) throws -> [Float] {
            let row = try #require(page.lines.first { $0.hasPrefix("| \(name)") })
            return try row.split(separator: "|")[1].split(separator: " ").map { try #require(Float($0)) }
        }
        let json = page.blocks[0].prefix { $0 != "\n" }
        let look = try Look(json: Array(json.utf8))
        let development = Development(look, space: .sRGB, isGrey: false, longEdge: 6)
        var light = [Float](repeating: -1, count: 4)
        let pixel: [UInt8] = [200, 0, 0]
        pixel.withUnsafeBufferPointer { pixel in
            light.withUnsafeMutableBufferPointer { light in
                guard let from = pixel.baseAddress, let to = light.baseAddress else { return }
                development.linearise(from, count: 1, into: to)
            }
        }
        #expect(try numbers("light of red 200") == light)
        let gains = ToneCurve(contrast: 0.1, highlights: -0.2, shadows: 0.15).gains()
        #expect(try numbers("gain, entries 64, 256 and 700") == [64, 256, 700].map { gains[2 * $0] })
        let curve = TransferCurve.sRGB.inverse(count: 2048)
        #expect(try numbers("curve of sRGB, entries 100 and 1024") == [100, 1024].map { curve[2 * $0] })
        #expect(try numbers("weights of phase 64") == Array(Lanczos.weights[8 * 64..<8 * 64 + 6]))
        #expect(try numbers("taps of E = 6000") == SharpenFilter(longEdge: 6000, amount: 0.3).taps)
    }

    @Test("Four inks become the lights on the page")
    func inks() throws {
        func converted(_ inks: [Int]) -> [Int] {
            var samples = inks.map { UInt8($0) }
            CMYKConversion.toRGB(&samples)
            return samples.map { Int($0) }
        }
        let page = try DoccPage(Self.recipes, heading: "The picture")
        var seen = 0
        for (row, colours) in [("neither", 0), ("magenta", 2), ("cyan", 1), ("both", 3)] {
            let line = try #require(page.lines.first { $0.hasPrefix("| \(row) | ") })
            let cells = line.split(separator: "|").filter { $0.contains(where: \.isNumber) }
            for (others, cell) in cells.enumerated() {
                let lights = cell.split(separator: " ").compactMap { word in
                    word.hasPrefix("−") ? Int(word.dropFirst()).map { -$0 } : Int(word)
                }
                let inks = [colours & 1, colours >> 1, others >> 1, others & 1].map { 255 - 255 * $0 }
                #expect(converted(inks) == lights.map { min(max($0, 0), 255) }, "\(row), \(others)")
                seen += 1
            }
        }
        #expect(seen == 16)
        let example = #/samples of (\d+), (\d+), (\d+) and (\d+) of cyan.* become (\d+), (\d+) and (\d+)\. /#
        let found = try #require(page.prose.firstMatch(of: example)).output
        let numbers = [found.1, found.2, found.3, found.4, found.5, found.6, found.7].compactMap { Int($0) }
        #expect(converted(Array(numbers.prefix(4))) == Array(numbers.dropFirst(4)))
    }

    @Test("A reduced copy's marker is written as on the page, and read from there")
    func marker() throws {
        let page = try DoccPage("PeerProtocol/PeerProtocol.docc/Protocol.md", heading: "Markers")
        let element = try #require(page.blocks.first { $0.hasPrefix("<rdf:Description") })
        let image = try #require(element.split(separator: "\"").lazy.compactMap { ImageID($0) }.first)
        let marker = ReducedMarker(image: image, edge: 2048, quality: 85)
        let payload = marker.payload
        #expect(String(decoding: payload, as: UTF8.self).contains(element))
        // The name of an image is the SHA-256 of its bytes, and so serves for any bytes.
        let hash = ImageID(of: payload)
        #expect(page.prose.contains("is in a payload of \(payload.count) bytes with the SHA-256 `\(hash)`"))
        #expect(ReducedMarker(payload: payload.span) == marker)
        let bare = ReducedMarker.signature + Array(element.utf8)
        #expect(ReducedMarker(payload: bare.span) == marker)
    }
}
