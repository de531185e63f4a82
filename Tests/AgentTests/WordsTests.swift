import Agent
import Control
import Foundation
import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("What people write about a photo", .serialized)
struct WordsTests {
    private static func rated(_ main: [UInt8], _ rating: Int) -> [UInt8] {
        let packet = """
            <r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:Description
             xmlns:x="http://ns.adobe.com/xap/1.0/" x:Rating="\(rating)"/></r:RDF>
            """
        let segment = JPEGMarker.segment(JPEGMarker.app1, XMPProperties.signature + Array(packet.utf8))
        return Array(main[..<2]) + segment + main[2...]
    }

    private static func rating(of copy: [UInt8]?) -> String? {
        guard let copy else { return nil }
        let words = PictureWords(JPEGLayout(copy.span), of: copy.span)
        return words?.values.first { $0.key.local == "Rating" }?.value.first
    }

    private static func pixels(of jpeg: [UInt8]) throws -> PixelsDigest {
        let digest = PixelsDigest(jpeg.span, JPEGLayout(jpeg.span))
        return try #require(digest)
    }

    /// A reduced copy of one photo that shows another, and says that this is right.
    private static func copy(of main: [UInt8], showing other: [UInt8]) throws -> ([UInt8], KeptPicture) {
        let image = ImageID(of: main)
        let other = try Reducer().reduce(main: other.span, image: image, edge: 1024, quality: 85)
        let kept = KeptPicture(main: try pixels(of: main), copy: try pixels(of: other))
        let marker = ReducedMarker(image: image, edge: 1024, quality: 85)
        let head = [(code: JPEGMarker.app1, payload: marker.payload(with: nil, keeping: kept))]
        return (LosslessRendering.spliced(other.span, JPEGLayout(other.span), head), kept)
    }

    @Test("comes to the reduced copies when it is changed, and their pixels stay the same")
    func changed() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("laptop", in: folder, configure: { $0.reduceMore() }) { laptop in
                try await TestNode.run("tablet", in: folder, configure: { $0.reduceMore() }) { tablet in
                    try await tablet.join(laptop)
                    let (name, photo) = ("a.jpg.reduced.jpg", try Photo.large(1))
                    let main = Self.rated(photo, 2)
                    try laptop.put(main, "a.jpg")
                    try await tablet.wait("the copy") { _ in Self.rating(of: try? tablet.read(name)) == "2" }
                    try await tablet.settle(images: 1)

                    // Other pixels in its place, of which the copy says that they are its own: were they made anew, they
                    // would be those of the photo again.
                    let (copy, kept) = try Self.copy(of: main, showing: Photo.large(7))
                    try tablet.put(copy, name)
                    try await tablet.scan()
                    while try await tablet.scan().unsettled > 0 {}

                    try laptop.put(Self.rated(photo, 5), "a.jpg")
                    try await tablet.wait("the rating") { _ in Self.rating(of: try? tablet.read(name)) == "5" }
                    #expect(try Self.pixels(of: tablet.read(name)) == kept.copy)

                    // What changes the pixels brings others.
                    try laptop.put(Self.rated(try Photo.large(2), 3), "a.jpg")
                    try await tablet.wait("the other photo") { _ in Self.rating(of: try? tablet.read(name)) == "3" }
                    #expect(try Self.pixels(of: tablet.read(name)) != kept.copy)
                    try await tablet.settle(images: 1)
                    #expect(try tablet.files == [name])
                }
            }
        }
    }
}
