import TestSupport
import Testing

@testable import Imaging

@Suite("What people wrote about a picture")
struct PictureWordsTests {
    private static func copy(of main: [UInt8]) throws -> [UInt8] {
        let copy = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 320, quality: 85)
        let facts = try ReducedCopyCheck(image: TestJPEG.image, edge: 320, mainSize: nil).check(copy)
        #expect(facts.marker == ReducedMarker(image: TestJPEG.image, edge: 320, quality: 85))
        return copy
    }

    private static func tagged(_ arguments: String...) throws -> [UInt8] {
        try ImagingTool.run("exiftool", arguments + ["-o", "-", "-"], input: TestJPEG.photo())
    }

    @Test("is in the reduced copy, from XMP")
    func xmp() throws {
        let copy = try Self.copy(
            of: Self.tagged(
                "-XMP-xmp:Rating=4", "-XMP-xmp:Label=Red", "-XMP-dc:Title=Grandma <3 & \"us\"",
                "-XMP-dc:Description=é 📷",
                "-XMP-dc:Creator=Anna", "-XMP-dc:Creator=Ben", "-XMP-dc:Rights=© Anna", "-XMP-dc:Subject=beach",
                "-XMP-dc:Subject=sea", "-XMP-photoshop:City=Bern", "-XMP-photoshop:Country=Switzerland",
                "-XMP-iptcCore:Location=Garden", "-XMP-lr:HierarchicalSubject=places|Bern",
                "-XMP-digiKam:TagsList=people/Anna", "-XMP-crs:Exposure2012=+1.5", "-XMP-xmp:CreatorTool=Some tool"))
        let tags = [
            "XMP-xmp:Rating", "XMP-xmp:Label", "XMP-dc:Title", "XMP-dc:Description", "XMP-dc:Creator", "XMP-dc:Rights",
            "XMP-dc:Subject", "XMP-photoshop:City", "XMP-photoshop:Country", "XMP-iptcCore:Location",
            "XMP-lr:HierarchicalSubject", "XMP-digiKam:TagsList", "XMP-xmp:CreatorTool", "XMP-crs:Exposure2012",
        ]
        #expect(
            try ImagingTool.exif(tags, of: copy) == [
                "4", "Red", "Grandma <3 & \"us\"", "é 📷", "Anna, Ben", "© Anna", "beach, sea", "Bern", "Switzerland",
                "Garden", "places|Bern", "people/Anna", "-", "-",
            ])
    }

    @Test("is in the reduced copy, from IPTC, where XMP does not say otherwise")
    func iptc() throws {
        let copy = try Self.copy(
            of: Self.tagged(
                "-IPTC:ObjectName=Title", "-IPTC:Caption-Abstract=Caf\u{E9}",
                "-IPTC:Keywords=one", "-IPTC:Keywords=two",
                "-IPTC:By-line=Ben", "-IPTC:City=Basel", "-XMP-photoshop:City=Bern"))
        let tags = ["Title", "Description", "Subject", "Creator"].map { "XMP-dc:\($0)" } + ["XMP-photoshop:City"]
        #expect(try ImagingTool.exif(tags, of: copy) == ["Title", "Caf\u{E9}", "one, two", "Ben", "Bern"])
    }

    @Test("has the faces")
    func faces() throws {
        let regions =
            "{AppliedToDimensions={W=640,H=480,Unit=pixel},RegionList=[{Area={X=0.5,Y=0.25,W=0.1,H=0.2,Unit=normalized},"
            + "Name=Anna,Type=Face},{Area={X=0.7,Y=0.3,W=0.1,H=0.2,Unit=normalized},Name=Ben,Type=Face}]}"
        let copy = try Self.copy(of: Self.tagged("-RegionInfo=\(regions)"))
        let tags = ["RegionName", "RegionType", "RegionAreaX", "RegionAreaH", "RegionAppliedToDimensionsW"]
        #expect(try ImagingTool.exif(tags, of: copy) == ["Anna, Ben", "Face, Face", "0.5, 0.7", "0.2, 0.2", "640"])
    }

    @Test("is not there where nothing was written, or what was written is no XML")
    func nothing() throws {
        let plain = try Self.copy(of: TestJPEG.photo())
        for packet in [
            "", "<", "<a", "<a b='1", "<a>&bad;</a>", "<a></b>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", "<a b:c='1'/>",
        ] {
            let segment = JPEGMarker.segment(JPEGMarker.app1, XMPProperties.signature + Array(packet.utf8))
            #expect(try Self.copy(of: TestJPEG.inserting(segment, in: TestJPEG.photo())) == plain, "\(packet)")
        }
        #expect(PictureWords(xmp: Array(repeating: "<a>", count: 9_000).joined().utf8.map { $0 }, iptc: nil) == nil)
    }

    @Test("is bounded, clean, and never taken for the marker")
    func bounded() throws {
        let long = String(repeating: "x\u{1}é", count: 9_000)
        let many = (0..<3_000).map { "<rdf:li>\($0) \(String(repeating: "y", count: 300))</rdf:li>" }.joined()
        let other = "mainstay:Image=\"\(String(repeating: "0", count: 64))\""
        let packet = """
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="\(PictureWords.namespaces["rdf"] ?? "")">
            <rdf:Description xmlns:dc="\(PictureWords.namespaces["dc"] ?? "")" xmlns:xmp="\(PictureWords.namespaces["xmp"] ?? "")"
             xmp:Rating="9" xmp:Label='\(other)'><dc:title>\(long)</dc:title>
            <dc:subject><rdf:Bag>\(many)</rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>
            """
        let words = try #require(PictureWords(xmp: Array(packet.utf8), iptc: nil))
        #expect(words.description.utf8.count <= PictureWords.mostBytes)
        let payload = ReducedMarker(image: TestJPEG.image, edge: 320, quality: 85).payload(with: words)
        #expect(payload.count < 65_533)
        #expect(ReducedMarker(payload: payload.span) == ReducedMarker(image: TestJPEG.image, edge: 320, quality: 85))
        #expect(words.values.map(\.key.local).sorted() == ["subject", "title"])
        #expect(words.values.first { $0.key.local == "title" }?.value.first?.contains("\u{1}") == false)
    }

    @Test("of mutated packets is well-formed or nothing", arguments: 0..<20 as Range<UInt64>)
    func mutated(_ seed: UInt64) throws {
        let tagged = try Self.tagged(
            "-XMP-dc:Subject=a&b", "-XMP-xmp:Rating=3", "-IPTC:City=Basel",
            "-RegionInfo={RegionList=[{Area={X=0.5,Y=0.25,W=0.1,H=0.2},Name=Anna}]}")
        let layout = JPEGLayout(tagged.span)
        let xmp = Array(try #require(layout.xmp(of: tagged.span)).dropFirst(XMPProperties.signature.count))
        let iptc = tagged.span.copy(try #require(layout.imageResources))
        var random = SeededNoise(seed: seed)
        for _ in 0..<200 {
            var (a, b) = (xmp, iptc)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                a[Int.random(in: 0..<a.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                b[Int.random(in: 0..<b.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                if a.count > 400 { a.removeSubrange(200..<200 + Int.random(in: 0...3, using: &random)) }
            }
            guard let words = PictureWords(xmp: a, iptc: b) else { continue }
            let payload = ReducedMarker(image: TestJPEG.image, edge: 1, quality: 1).payload(with: words)
            #expect(XMLParser.root(of: Array(payload.dropFirst(XMPProperties.signature.count))) != nil)
        }
    }
}
