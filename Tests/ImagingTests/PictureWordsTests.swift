import Model
import Testing

@testable import Imaging

@Suite("What people wrote about a picture")
struct PictureWordsTests {
    private static let rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

    /// A packet with these descriptions.
    private static func packet(_ descriptions: String) -> [UInt8] {
        let names = PictureWords.namespaces.sorted { $0.key < $1.key }.filter { $0.key != "rdf" }
            .map { " xmlns:\($0.key)='\($0.value)'" }.joined()
        return Array(
            """
            <?xpacket begin='\u{FEFF}' id='W5M0MpCehiHzreSzNTczkc9d'?><!-- by hand -->
            <x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='\(rdf)'>
            <rdf:Description rdf:about=''\(names)>\(descriptions)</rdf:Description>
            </rdf:RDF></x:xmpmeta><?xpacket end='w'?>
            """.utf8)
    }

    /// A photo with this XMP and this IPTC, and its reduced copy, which is a right one.
    private static func copy(xmp: [UInt8]? = nil, iptc: [UInt8]? = nil) throws -> [UInt8] {
        var segments: [UInt8] = []
        if let xmp { segments += JPEGMarker.segment(JPEGMarker.app1, XMPProperties.signature + xmp) }
        if let iptc { segments += JPEGMarker.segment(JPEGMarker.app13, iptc) }
        let main = TestJPEG.inserting(segments, in: try TestJPEG.photo(width: 64, height: 48))
        let copy = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 32, quality: 85)
        let facts = try ReducedCopyCheck(image: TestJPEG.image, edge: 32, mainSize: nil).check(copy)
        #expect(facts.marker == ReducedMarker(image: TestJPEG.image, edge: 32, quality: 85))
        return copy
    }

    private static func words(in copy: [UInt8]) -> PictureWords? { PictureWords(JPEGLayout(copy.span), of: copy.span) }

    private static func values(_ words: PictureWords?) -> [String: [String]] {
        Dictionary(uniqueKeysWithValues: (words?.values ?? [:]).map { ("\($0.key.prefix):\($0.key.local)", $0.value) })
    }

    /// The payload of an APP13 segment with these datasets.
    private static func iptc(_ datasets: [(record: UInt8, dataset: UInt8, value: [UInt8])]) -> [UInt8] {
        var block: [UInt8] = []
        for entry in datasets {
            block += [0x1C, entry.record, entry.dataset, UInt8(entry.value.count >> 8), UInt8(entry.value.count & 255)]
            block += entry.value
        }
        // Another resource with a name before it, both padded.
        var payload = Array("Photoshop 3.0\u{0}8BIM\u{3}\u{1D}\u{2}ab\u{0}".utf8)
        payload += [0, 0, 0, 3, 1, 2, 3, 0]
        payload += Array("8BIM\u{4}\u{4}\0\0".utf8)
        payload += (0..<4).map { UInt8(truncatingIfNeeded: block.count >> (24 - 8 * $0)) }
        return payload + block
    }

    private static let all: [String: [String]] = [
        "xmp:Rating": ["4"], "xmp:Label": ["Red"], "dc:title": ["Grandma <3 & \"us\""], "dc:description": ["é 📷\n2"],
        "dc:creator": ["Anna", "Ben"], "dc:rights": ["© Anna"], "photoshop:Headline": ["News"],
        "photoshop:City": ["Bern"], "photoshop:State": ["BE"], "photoshop:Country": ["Switzerland"],
        "Iptc4xmpCore:Location": ["Garden"], "Iptc4xmpCore:CountryCode": ["CH"], "dc:subject": ["beach", "sea's"],
        "Iptc4xmpExt:PersonInImage": ["Anna"], "lr:hierarchicalSubject": ["places|Bern"],
        "digiKam:TagsList": ["people/Anna"],
    ]

    private static let elements = """
        <xmp:Rating>4</xmp:Rating><xmp:Label>Red</xmp:Label><xmp:CreatorTool>Some tool</xmp:CreatorTool>
        <dc:title><rdf:Alt><rdf:li xml:lang='de'>Oma</rdf:li>
         <rdf:li xml:lang='x-default'>Grandma &lt;3 &amp; &quot;us&#x22;</rdf:li></rdf:Alt></dc:title>
        <dc:description><rdf:Alt><rdf:li xml:lang="x-default"><![CDATA[é 📷]]>&#13;&#10;2 </rdf:li></rdf:Alt></dc:description>
        <dc:creator><rdf:Seq><rdf:li>Anna</rdf:li><rdf:li>Ben</rdf:li></rdf:Seq></dc:creator>
        <dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>© Anna</rdf:li></rdf:Alt></dc:rights>
        <photoshop:Headline>News</photoshop:Headline><photoshop:City>Bern</photoshop:City>
        <photoshop:State>BE</photoshop:State><photoshop:Country>Switzerland</photoshop:Country>
        <Iptc4xmpCore:Location>Garden</Iptc4xmpCore:Location><Iptc4xmpCore:CountryCode>CH</Iptc4xmpCore:CountryCode>
        <dc:subject><rdf:Bag><rdf:li>beach</rdf:li><rdf:li>sea&apos;s</rdf:li><rdf:li>beach</rdf:li></rdf:Bag></dc:subject>
        <Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Anna</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>
        <lr:hierarchicalSubject><rdf:Bag><rdf:li>places|Bern</rdf:li></rdf:Bag></lr:hierarchicalSubject>
        <digiKam:TagsList><rdf:Seq><rdf:li>people/Anna</rdf:li></rdf:Seq></digiKam:TagsList>
        """

    @Test("is in the reduced copy, from XMP, and nothing else of it")
    func xmp() throws {
        let copy = try Self.copy(xmp: Self.packet(Self.elements))
        #expect(Self.values(Self.words(in: copy)) == Self.all)
        let text = String(decoding: copy, as: UTF8.self)
        #expect(text.contains("<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">Grandma &lt;3 &amp; &quot;us&quot;<"))
        #expect(!text.contains("Some tool"))
        // Once more from there, as on a machine that has no main either.
        let again = try Reducer().reduce(main: copy.span, image: TestJPEG.image, edge: 16, quality: 85)
        #expect(Self.values(Self.words(in: again)) == Self.all)
    }

    @Test("is read from attributes, and under any prefix")
    func forms() throws {
        let packet = """
            <r:RDF xmlns:r="\(Self.rdf)"><r:Description xmlns="http://purl.org/dc/elements/1.1/" xmlns:a="http://ns.adobe.com/xap/1.0/"
             xmlns:p='http://ns.adobe.com/photoshop/1.0/' a:Rating="5" a:Label = 'a "b"' p:City="Bern &amp; more">
            <subject>one</subject></r:Description></r:RDF>
            """
        #expect(
            Self.values(Self.words(in: try Self.copy(xmp: Array(packet.utf8)))) == [
                "xmp:Rating": ["5"], "xmp:Label": ["a \"b\""], "photoshop:City": ["Bern & more"], "dc:subject": ["one"],
            ])
    }

    @Test("is in the reduced copy, from IPTC, where XMP does not say otherwise")
    func iptc() throws {
        let datasets: [(record: UInt8, dataset: UInt8, value: [UInt8])] = [
            (1, 90, [0x1B, 0x25, 0x47]), (2, 0, [0, 4]), (2, 5, Array("Title".utf8)), (2, 25, Array("one".utf8)),
            (2, 25, Array("zwölf".utf8)), (2, 80, Array("Ben".utf8)), (2, 90, Array("Basel".utf8)),
            (2, 95, Array("BS".utf8)), (2, 101, Array("Schweiz".utf8)), (2, 92, Array("Zoo".utf8)),
            (2, 116, Array("© Ben".utf8)), (2, 120, Array("Café".utf8)), (3, 5, Array("no".utf8)),
        ]
        var expected = [
            "dc:title": ["Title"], "dc:subject": ["one", "zwölf"], "dc:creator": ["Ben"], "photoshop:City": ["Basel"],
            "photoshop:State": ["BS"], "photoshop:Country": ["Schweiz"], "Iptc4xmpCore:Location": ["Zoo"],
            "dc:rights": ["© Ben"], "dc:description": ["Café"],
        ]
        let block = Self.iptc(datasets)
        #expect(Self.values(Self.words(in: try Self.copy(iptc: block))) == expected)
        let packet = Self.packet("<photoshop:City>Bern</photoshop:City><xmp:Rating>3</xmp:Rating>")
        expected["photoshop:City"] = ["Bern"]
        expected["xmp:Rating"] = ["3"]
        #expect(Self.values(Self.words(in: try Self.copy(xmp: packet, iptc: block))) == expected)
        // No XMP that can be read is none.
        expected["photoshop:City"] = ["Basel"]
        expected["xmp:Rating"] = nil
        #expect(Self.values(Self.words(in: try Self.copy(xmp: Array(packet.dropLast(80)), iptc: block))) == expected)
    }

    @Test("without a word on its characters is UTF-8 where it can be, and else of Windows")
    func characters() {
        let block = Self.iptc([
            (2, 5, [0x43, 0x61, 0x66, 0xE9, 0x20, 0x80, 0x93]), (2, 120, Array("Café".utf8)), (2, 90, [0x81, 0x5A]),
        ])
        #expect(
            Self.values(PictureWords(xmp: nil, iptc: block)) == [
                "dc:title": ["Café €“"], "dc:description": ["Café"], "photoshop:City": ["Z"],
            ])
    }

    private static let regions = """
        <mwg-rs:Regions rdf:parseType='Resource'><mwg-rs:AppliedToDimensions stDim:w='640' stDim:h='480' stDim:unit='pixel'/>
        <mwg-rs:RegionList><rdf:Bag>
        <rdf:li><rdf:Description mwg-rs:Name='Anna &amp; B' mwg-rs:Type='Face'>
         <mwg-rs:Area stArea:x='0.5' stArea:y='0.25' stArea:w='0.1' stArea:h='0.00001' stArea:unit='normalized'/>
         </rdf:Description></rdf:li>
        <rdf:li rdf:parseType='Resource'><mwg-rs:Name>Ben</mwg-rs:Name><mwg-rs:Type>Nobody</mwg-rs:Type>
         <mwg-rs:Area rdf:parseType='Resource'><stArea:x>1</stArea:x><stArea:y>nan</stArea:y></mwg-rs:Area></rdf:li>
        <rdf:li rdf:parseType='Resource'><mwg-rs:Type>Nobody</mwg-rs:Type>
         <mwg-rs:Area rdf:parseType='Resource'><stArea:x>1</stArea:x><stArea:y>0</stArea:y><stArea:d>2</stArea:d>
         </mwg-rs:Area></rdf:li>
        </rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
        """

    @Test("has the faces, whose places make sense")
    func faces() throws {
        let copy = try Self.copy(xmp: Self.packet(Self.regions))
        let words = try #require(Self.words(in: copy))
        #expect(
            words.regions?.regions == [
                .init(
                    name: "Anna & B", type: "Face",
                    area: ["x": "0.500000", "y": "0.250000", "w": "0.100000", "h": "0.000010"]),
                .init(name: nil, type: nil, area: ["x": "1", "y": "0.000000"]),
            ])
        #expect(String(decoding: copy, as: UTF8.self).contains("stDim:w=\"640\" stDim:h=\"480\" stDim:unit=\"pixel\""))
    }

    @Test("is in a preview, without the faces, which may have been cut off")
    func preview() throws {
        let copy = try Self.copy(xmp: Self.packet(Self.elements + Self.regions))
        let look = try Edit.look(crop: Crop(left: 0, top: 0, width: 500_000, height: 500_000))
        let preview = try Renderer().preview(of: copy, recipe: Recipe(image: TestJPEG.image, look: look))
        #expect(ImageInspector.facts(of: preview).marker?.preview != nil)
        #expect(Self.values(Self.words(in: preview)) == Self.all)
        #expect(Self.words(in: preview)?.regions == nil)
    }

    @Test("is not there where nothing was written, or what was written is no XMP")
    func nothing() throws {
        let plain = try Self.copy()
        #expect(Self.words(in: plain) == nil)
        let rating = String(decoding: Self.packet("<xmp:Rating>5</xmp:Rating>"), as: UTF8.self)
        let packets = [
            "", "<", "<a", "<a b='1", "<a>&bad;</a>", "<a>&#xD800;</a>", "<a></b>", "<a b:c='1'/>", "<a b:c:d='1'/>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]>" + rating, "<a/>" + rating, String(rating.dropLast(60)),
            rating.replacing("5", with: "&x;"), rating.replacing("5", with: "6"), rating.replacing("5", with: "x"),
        ]
        for packet in packets {
            #expect(try Self.copy(xmp: Array(packet.utf8)) == plain, "\(packet)")
        }
        let wide = rating.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        #expect(try Self.copy(xmp: wide) == plain)
        #expect(try Self.copy(xmp: Self.packet("<xmp:Label>\u{1}<!-- x --> </xmp:Label>")) == plain)
        let invalid = Self.packet("<xmp:Label>a#b</xmp:Label>").map { $0 == UInt8(ascii: "#") ? 0xFF : $0 }
        #expect(try Self.copy(xmp: invalid) == plain)
        for iptc in ["", "Photoshop 3.0\0", "Photoshop 3.0\u{0}8BIM\u{4}\u{4}\0\0\u{7F}\0\0\0\u{1C}\u{2}\u{5}\0\u{1}a"]
        {
            #expect(try Self.copy(iptc: Array(iptc.utf8)) == plain)
        }
    }

    @Test("is bounded and clean: the beginning of what is too long, at most 16 KiB with the marker")
    func bounded() throws {
        let title = String(repeating: "x\u{1B}é", count: 2_000)
        let many = (0..<400).map { "<rdf:li>\($0) \(String(repeating: "'", count: 50))</rdf:li>" }.joined()
        let faces = (0..<150).map {
            "<rdf:li mwg-rs:Name='\($0)'><mwg-rs:Area stArea:x='0' stArea:y='0'/></rdf:li>"
        }.joined()
        let packet = Self.packet(
            """
            <dc:title>\(title)</dc:title><dc:subject><rdf:Bag>\(many)</rdf:Bag></dc:subject><xmp:Rating>2</xmp:Rating>
            <mwg-rs:Regions><rdf:Description><mwg-rs:RegionList><rdf:Bag>\(faces)</rdf:Bag></mwg-rs:RegionList></rdf:Description></mwg-rs:Regions>
            """)
        let all = try #require(PictureWords(xmp: packet, iptc: nil))
        #expect(Self.values(all)["dc:title"]?.first?.utf8.count == PictureWords.longestValue)
        #expect(Self.values(all)["dc:title"]?.first?.contains("\u{1B}") == false)
        #expect(Self.values(all)["dc:subject"]?.count == PictureWords.mostValues)
        #expect(all.regions?.regions.count == 100)
        let marker = ReducedMarker(
            image: TestJPEG.image, edge: 65_535, quality: 100, preview: RecipeID(TestJPEG.image.bytes), isCut: true)
        let payload = marker.payload(with: all)
        #expect((13_000...16_384).contains(payload.count))
        #expect(ReducedMarker(payload: payload.span) == marker)
        let written = PictureWords(xmp: Array(payload.dropFirst(XMPProperties.signature.count)), iptc: nil)
        #expect(Self.values(written)["xmp:Rating"] == ["2"])
        #expect(Self.values(written)["dc:title"] == Self.values(all)["dc:title"])
        #expect((20..<PictureWords.mostValues).contains(Self.values(written)["dc:subject"]?.count ?? 0))
    }

    @Test("is never taken for our own marker, by whatever program rewrites the packet")
    func marker() throws {
        let other = String(repeating: "0", count: 64)
        for text in [
            "mainstay:Image=\"\(other)\"", "mainstay:Cut='1'", "a mainstay:Preview>\(other)",
            "xmlns:m=\"\(ReducedMarker.namespace)\" m:Image=\"\(other)\"",
        ] {
            #expect(PictureWords.clean(text) == nil, "\(text)")
        }
        #expect(PictureWords.clean("the mainstay: a rope") == "the mainstay: a rope")
        #expect(PictureWords.escaped("m:Cut='1' m:Cut>1") == "m:Cut=&apos;1&apos; m:Cut&gt;1")
    }

    @Test("costs little, whatever it is")
    func hostile() throws {
        func repeated(_ text: String) -> [UInt8] {
            Array(String(repeating: text, count: 65_000 / text.utf8.count).utf8)
        }
        let scope = (0..<90).map { " xmlns:n\($0)='u'" }.joined()
        let documents = [
            "<a>", "<a ", "<a/>", "<", "<!--", "<![CDATA[", "<?", "&amp;", "&", "<a b='", "a", "<a b='c'/>",
            "<a xmlns:b='c'/>", "\0", "\u{301}", "]]>", "-->", " ",
        ].map(repeated)
        let clock = ContinuousClock()
        let time = clock.measure {
            for document in documents {
                for head in ["", "<a>", "<a b='", "<a \(scope)>", "<!--", "<?x ", "<a><![CDATA["] {
                    let xmp = Array(head.utf8) + document
                    _ = PictureWords(xmp: Array(xmp.prefix(XMLParser.mostBytes)), iptc: Self.iptc([]) + document)
                }
            }
        }
        // Some milliseconds each; what grows with the square of its length takes minutes.
        #expect(time < .seconds(60))
        #expect(XMLParser.root(of: repeated("<a>")) == nil)
        let deepest = XMLParser.deepest
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).utf8)
        }
        #expect(XMLParser.root(of: nested(deepest)) != nil)
        #expect(XMLParser.root(of: nested(deepest + 1)) == nil)
        #expect(XMLParser.root(of: Array("<a>".utf8) + repeated("<b/>").prefix(60_000) + Array("</a>".utf8)) == nil)
        #expect(XMLParser.root(of: [UInt8](repeating: 0x20, count: XMLParser.mostBytes) + Array("<a/>".utf8)) == nil)
    }

    @Test("is not read under a namespace of kilobytes, which would be hashed with each of its names")
    func longNamespace() {
        func root(_ length: Int) -> XMLElement? {
            XMLParser.root(of: Array("<a xmlns:b='\(String(repeating: "n", count: length))' b:c=''/>".utf8))
        }
        #expect(root(256)?.attributes.count == 1)
        #expect(root(257) == nil)
    }

    @Test("of mutated and of random bytes is well-formed or nothing", arguments: 0..<20 as Range<UInt64>)
    func mutated(_ seed: UInt64) throws {
        let xmp = Self.packet(Self.elements + Self.regions)
        let iptc = Self.iptc([(1, 90, [0x1B, 0x25, 0x47]), (2, 25, Array("zwölf".utf8)), (2, 90, Array("Basel".utf8))])
        let pieces = ["<", ">", "</", "/>", "&#", ";", "<!--", "]]>", "<rdf:li>", "xmlns:", "='", "\u{0}", "\u{85}"]
        var random = SeededNoise(seed: seed)
        var read = 0
        for round in 0..<200 {
            var (a, b) = (xmp, iptc)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                a[Int.random(in: 0..<a.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                b[Int.random(in: 0..<b.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                let place = Int.random(in: 0..<a.count - 40, using: &random)
                switch Int.random(in: 0..<6, using: &random) {
                case 0: a.removeSubrange(place..<place + Int.random(in: 0...40, using: &random))
                case 1: a.insert(contentsOf: pieces.randomElement(using: &random)?.utf8 ?? "".utf8, at: place)
                case 2: b.removeSubrange(Int.random(in: 0..<b.count, using: &random)...)
                default: break
                }
                if b.isEmpty { b = [0] }
            }
            if round % 10 == 0 {
                a = (0..<Int.random(in: 0...500, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            }
            guard let words = PictureWords(xmp: a, iptc: b) else { continue }
            read += 1
            let marker = ReducedMarker(image: TestJPEG.image, edge: 1, quality: 1)
            let payload = marker.payload(with: words)
            #expect(payload.count <= 16_384)
            #expect(ReducedMarker(payload: payload.span) == marker)
            // What is written is read as the same again.
            #expect(PictureWords(xmp: Array(payload.dropFirst(XMPProperties.signature.count)), iptc: nil) == words)
        }
        #expect(read > 20)
    }
}
