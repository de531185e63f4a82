import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("The marker of a reduced copy")
struct ReducedMarkerTests {
    private static let marker = ReducedMarker(image: TestJPEG.image, edge: 2048, quality: 85, pipeline: 3)

    /// The payload of a segment with this packet.
    private static func read(_ packet: String) -> ReducedMarker? {
        ReducedMarker(payload: (ReducedMarker.signature + Array(packet.utf8)).span)
    }

    @Test("is read as it was written")
    func roundTrip() {
        let payload = Array(Self.marker.segment[4...])
        #expect(ReducedMarker(payload: payload.span) == Self.marker)
    }

    @Test("is shown by exiftool")
    func exiftool() throws {
        let file = TestJPEG.inserting(Self.marker.segment, in: try TestJPEG.photo())
        let output = try ImagingTool.run("exiftool", ["-s", "-xmp:all", "-"], input: file)
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n").map { line in
            line.split(separator: ":").map { $0.filter { $0 != " " } }
        }
        #expect(lines == [["Image", "\(TestJPEG.image)"], ["Edge", "2048"], ["Quality", "85"], ["Pipeline", "3"]])
    }

    @Test("outlives programs that rewrite the file")
    func rewritten() throws {
        let file = TestJPEG.inserting(Self.marker.segment, in: try TestJPEG.photo())
        let rated = try ImagingTool.run("exiftool", ["-xmp:Rating=5", "-xmp:Title=A & B", "-o", "-", "-"], input: file)
        #expect(ImageInspector.facts(of: rated).marker == Self.marker)
        let turned = try ImagingTool.run("jpegtran", ["-copy", "all", "-rotate", "90"], input: file)
        #expect(ImageInspector.facts(of: turned).marker == Self.marker)
    }

    @Test(
        "is read in every way that XMP can be written in",
        arguments: [
            "<r xmlns:m='NS' m:Image='ID' m:Edge='2048' m:Quality='85' m:Pipeline='3'/>",
            "<r xmlns:m = \"NS\"><m:Image>ID</m:Image><m:Edge> 2048 </m:Edge><m:Quality>85</m:Quality><m:Pipeline>3<",
            "<r m:Pipeline=\"3\" m:Quality = '85' m:Edge='2048' m:Image='ID' xmlns:m='NS'/>",
            "<m:Images>no</m:Images><r xmlns:m='NS' m:Image='ID' m:Edge='2048' m:Quality='85' m:Pipeline='3'/>",
        ])
    func forms(_ form: String) {
        #expect(Self.read(Self.filled(form)) == Self.marker)
    }

    @Test("tells the least where another program lost what stands beside the image id")
    func partly() {
        let least = ReducedMarker(image: TestJPEG.image, edge: 1, quality: 0, pipeline: 0)
        #expect(Self.read(Self.filled("<r xmlns:m='NS' m:Image='ID'/>")) == least)
        #expect(Self.read(Self.filled("<r xmlns:m='NS' m:Image='ID' m:Edge='-4' m:Quality='x'/>")) == least)
        #expect(Self.read(Self.filled("<r xmlns:m='NS' m:Image='ID' m:Edge='99999999999999999999'/>")) == least)
    }

    @Test(
        "is not seen where there is none",
        arguments: [
            "", "<r xmlns:m='NS'/>", "<r xmlns:m='NS' m:Image='short'/>", "<r m:Image='ID'/>", "NS", "'NS'", "='NS'",
            "xmlns='NS' Image='ID'", "xmlns:='NS' :Image='ID'", "<r xmlns:m='NS' m:Image='ID",
            "<r xmlns:m='NSx' m:Image='ID'/>", "<r xmlns:m='NS' m:Image=", "<r xmlns:m='NS' m:Image",
        ])
    func absent(_ form: String) {
        let marker = Self.read(Self.filled(form))
        // An open quote at the very end still tells the whole id.
        #expect((marker == nil) == !form.hasSuffix("m:Image='ID"))
    }

    private static func filled(_ form: String) -> String {
        form.split(separator: "NS", omittingEmptySubsequences: false).joined(separator: ReducedMarker.namespace)
            .split(separator: "ID", omittingEmptySubsequences: false).joined(separator: TestJPEG.image.description)
    }
}
