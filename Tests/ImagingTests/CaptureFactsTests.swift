import Model
import TestSupport
import Testing

@testable import Imaging

@Suite("When, where and with what a picture was taken")
struct CaptureFactsTests {
    private static let time: Int64 = 1_714_572_180  // 2024-05-01 14:03:00

    /// EXIF with these fields beside a time.
    private static func exif(
        main: [(Int, TestTIFF.Value)] = [], exif: [(Int, TestTIFF.Value)] = [], gps: [(Int, TestTIFF.Value)] = [],
        isLittleEndian: Bool = false, original: String = "2024:05:01 14:03:00"
    ) -> [UInt8] {
        var tiff = TestTIFF(isLittleEndian: isLittleEndian)
        let inner = tiff.directory([(0x9003, .text(original))] + exif)
        let place = tiff.directory(gps)
        return tiff.file(main + [(0x8769, .long(inner)), (0x8825, .long(place))])
    }

    private static func capture(_ block: [UInt8]) -> CaptureFacts {
        let jpeg = [0xFF, 0xD8] + JPEGMarker.segment(JPEGMarker.app1, Array("Exif\0\0".utf8) + block) + [0xFF, 0xD9]
        let facts = ImageInspector.facts(of: jpeg).capture
        // A TIFF file has the same.
        #expect(ImageInspector.facts(of: block).capture == facts)
        #expect(ImageInspectorTests.facts(of: block, inChunksOf: 7).capture == facts)
        #expect(ImageInspector.facts { Array(block[$0.clamped(to: 0..<block.count)]) }.capture == facts)
        return facts
    }

    private static func place(
        _ latitude: [(Int, Int)], _ north: String, _ longitude: [(Int, Int)], _ east: String
    ) -> Place? {
        capture(
            exif(gps: [(1, .text(north)), (2, .fractions(latitude)), (3, .text(east)), (4, .fractions(longitude))])
        ).place
    }

    @Test("stands in EXIF, of either byte order", arguments: [false, true])
    func exif(_ isLittleEndian: Bool) {
        let block = Self.exif(
            main: [(0x010F, .text("Apple")), (0x0110, .text("iPhone 12"))], exif: [(0x9011, .text("+02:00"))],
            gps: [
                (1, .text("N")), (2, .fractions([(48, 1), (8, 1), (1_332, 100)])),
                (3, .text("E")), (4, .fractions([(11, 1), (34, 1), (3_000, 100)])),
            ], isLittleEndian: isLittleEndian)
        let facts = Self.capture(block)
        #expect(facts.time == CaptureTime(Self.time, ClockZone(minutes: 120)))
        #expect(facts.camera == "Apple iPhone 12")
        #expect(facts.place == Place(latitude: 48.137033, longitude: 11.575))
    }

    @Test("the zone is that of the time which counts, or of another that is the same time")
    func zones() {
        func zone(_ fields: [(Int, TestTIFF.Value)], main: [(Int, TestTIFF.Value)] = []) -> Int? {
            let time = Self.capture(Self.exif(main: main, exif: fields)).time
            #expect(time?.seconds == Self.time)
            return time?.zone?.minutes
        }
        #expect(zone([(0x9010, .text("+01:00")), (0x9011, .text("-03:30")), (0x9012, .text("+02:00"))]) == -210)
        #expect(zone([(0x9011, .text("+05:45\0\0")), (0x9012, .text("+02:00"))]) == 345)
        #expect(zone([]) == nil)
        // Of a file that a program wrote at another time.
        let later = [(0x0132, TestTIFF.Value.text("2025:01:01 00:00:00"))]
        #expect(zone([(0x9010, .text("+01:00"))], main: later) == nil)
        #expect(zone([(0x9010, .text("+01:00"))], main: [(0x0132, .text("2024:05:01 14:03:00"))]) == 60)
        #expect(zone([(0x9004, .text("2024:05:01 14:03:00")), (0x9012, .text("-08:00"))]) == -480)
        #expect(zone([(0x9004, .text("2024:05:01 14:03:01")), (0x9012, .text("-08:00"))]) == nil)
        for text in ["", "+", "   :  ", "+2:00", "+15:00", "-12:01", "+02:60", "02:00", "+0200x", "\u{202E}+02:00"] {
            #expect(zone([(0x9011, .text(text))]) == nil)
        }
        #expect(zone([(0x9011, .long(7))]) == nil)
    }

    @Test(
        "the maker is named once, and what is not to be seen or turns a line is left out",
        arguments: [
            ("Canon", "Canon EOS R5", "Canon EOS R5"), ("NIKON CORPORATION", "NIKON Z 6", "NIKON Z 6"),
            ("EASTMAN KODAK COMPANY", "KODAK DC240", "KODAK DC240"), ("SONY", "ILCE-7M3", "SONY ILCE-7M3"),
            ("  SAMSUNG  ", " SM-G991B \n", "SAMSUNG SM-G991B"), ("", "X100V", "X100V"), ("HTC\0junk", "", "HTC"),
            ("A\u{202E}c\u{200F}me\u{2066}", "\u{1B}[31mRed\u{7}", "Acme [31mRed"), (" ", "\0x", nil),
            (String(repeating: "m", count: 500), "x", String(repeating: "m", count: 64) + " x"),
        ])
    func cameras(_ make: String, _ model: String, _ name: String?) {
        let block = Self.exif(main: [(0x010F, .text(make)), (0x0110, .text(model))])
        #expect(Self.capture(block).camera == name)
    }

    @Test("a camera's name that is no UTF-8 loses what is none")
    func strangeBytes() {
        #expect(CameraName.text(make: [0xFF, 0x41, 0xC3], model: nil) == "A")
    }

    @Test("a place is none that is divided by nothing, lies beyond a pole, has no direction, or is 0 in both")
    func places() {
        let (north, east): ([(Int, Int)], [(Int, Int)]) = ([(48, 1), (30, 1), (0, 1)], [(11, 1), (0, 1), (0, 1)])
        #expect(Self.place(north, "N", east, "E") == Place(latitude: 48.5, longitude: 11))
        #expect(Self.place(north, "S", east, "W") == Place(latitude: -48.5, longitude: -11))
        #expect(Self.place([(485, 10)], "n", [(11, 1)], "e") == Place(latitude: 48.5, longitude: 11))
        for (latitude, letter) in [
            ([(91, 1), (0, 1), (0, 1)], "N"), ([(90, 1), (1, 1), (0, 1)], "N"), ([(48, 0), (30, 1), (0, 1)], "N"),
            ([(48, 1), (30, 1), (0, 0)], "N"), ([(48, 1), (61, 1), (0, 1)], "N"), (north, ""), (north, "X"),
            ([(48, 1), (30, 1), (0, 1), (0, 1)], "N"), ([(48, 1), (30, 1), (0, 1), (0, 1), (0, 1)], "N"),
            ([(4_294_967_295, 1), (0, 1), (0, 1)], "S"),
        ] { #expect(Self.place(latitude, letter, east, "E") == nil) }
        #expect(Self.place(north, "N", [(181, 1), (0, 1), (0, 1)], "E") == nil)
        #expect(Self.place([(0, 1), (0, 1), (0, 1)], "N", [(0, 1), (0, 1), (0, 1)], "E") == nil)
        // Of another type, and where the directory says that it is longer than the file.
        #expect(Self.capture(Self.exif(gps: [(1, .text("N")), (2, .long(48))])).place == nil)
        var cut = Self.exif(gps: [(2, .fractions(north))])
        cut = Array(cut.prefix(cut.count / 2))
        #expect(Self.capture(cut).place == nil)
    }

    @Test("a reduced copy says the same as its main, whatever else the main's EXIF holds")
    func copied() throws {
        let block = Self.exif(
            main: [
                (0x010E, .text(String(repeating: "a", count: 47_000))), (0x010F, .text("Apple")),
                (0x0110, .text("iPhone 12")),
            ],
            exif: [(0x9011, .text("+02:00"))],
            gps: [
                (1, .text("S")), (2, .fractions([(33, 1), (51, 1), (2_400, 100)])),
                (3, .text("E")), (4, .fractions([(151, 1), (12, 1), (3_600, 100)])),
            ])
        let photo = try SamplePhoto(seed: 3, width: 64, height: 48).jpeg(captured: nil)
        let layout = JPEGLayout(photo.span)
        let segments = [(code: JPEGMarker.app1, payload: Array("Exif\0\0".utf8) + block)]
        let main = LosslessRendering.spliced(photo.span, layout, segments)
        let facts = ImageInspector.facts(of: main)
        #expect(facts.capture.place == Place(latitude: -33.85667, longitude: 151.21))
        let copy = try Reducer().reduce(main: main.span, image: TestJPEG.image, edge: 32, quality: 85)
        #expect(ImageInspector.facts(of: copy).capture == facts.capture)
    }

    @Test("of a film stands under Apple's keys, or in texts beside them")
    func films() {
        var film = TestFilm(creationDate: "2024-05-01T14:03:00+0200")
        film.keys = [
            ("com.apple.quicktime.make", "Apple"), ("com.apple.quicktime.model", "iPhone 12"),
            ("com.apple.quicktime.location.ISO6709", "+48.1370+011.5750+519.000/"),
        ]
        var facts = ImageInspector.facts(of: film.file()).capture
        let place = Place(latitude: 48.137, longitude: 11.575)
        let expected = CaptureFacts(
            time: CaptureTime(Self.time, ClockZone(minutes: 120)), camera: "Apple iPhone 12", place: place)
        #expect(facts == expected)
        let file = film.file()
        for size in [1, 13] { #expect(ImageInspectorTests.facts(of: file, inChunksOf: size).capture == expected) }
        #expect(ImageInspector.facts { Array(file[$0.clamped(to: 0..<file.count)]) }.capture == expected)

        film = TestFilm(brand: "isom", day: "2024-05-01T14:03:00+0200")
        film.texts = [([0xA9, 0x78, 0x79, 0x7A], "+48.1370+011.5750/"), ([0xA9, 0x6D, 0x6F, 0x64], "Pixel 8")]
        facts = ImageInspector.facts(of: film.file()).capture
        #expect(facts.place == place && facts.camera == "Pixel 8")
        #expect(facts.time == CaptureTime(Self.time, ClockZone(minutes: 120)))
        // What a film says without a zone has none.
        let bare = ImageInspector.facts(of: TestFilm(created: Int(Self.time) + 2_082_844_800).file()).capture
        #expect(bare == CaptureFacts(time: CaptureTime(Self.time)))
    }

    @Test(
        "a film's place is degrees, with minutes and seconds or without",
        arguments: [
            ("+48.1370+011.5750+519.000/", 48.137, 11.575), ("-33.8567+151.2152/", -33.8567, 151.2152),
            ("+4808.22+01134.5/", 48.137, 11.575), ("+480813.2-0113430/", 48.137, -11.575),
        ])
    func iso6709(_ text: String, _ latitude: Double, _ longitude: Double) {
        #expect(Place(iso6709: text.utf8) == Place(latitude: latitude, longitude: longitude))
    }

    @Test(
        "a film's place is none that is no such text",
        arguments: [
            "", "+", "+48.1370", "48.1370+011.5750/", "+91.0+011.0/", "+48.0+181.0/", "+4.8+11.5/", "+4.8.1+011.5/",
            "+48..1+011.5/", "+48.1+", "+4861.0+01134.5/", "+48\u{0}.1+011.5", "+00.0+000.0/", "+inf+nan/",
            "+" + String(repeating: "9", count: 5_000),
        ])
    func noISO6709(_ text: String) {
        #expect(Place(iso6709: text.utf8) == nil)
    }

    @Test("of a PNG or a WebP without EXIF stands in its XMP")
    func xmp() {
        let packet = """
            <x exif:DateTimeOriginal='2024-05-01T14:03:00.25+02:00' tiff:Make='Apple' tiff:Model='iPhone 12'
             exif:GPSLatitude='48,8.22N' exif:GPSLongitude='11,34,30W'/>
            """
        let facts = CaptureFacts(xmp: Array(packet.utf8))
        #expect(facts.time == CaptureTime(Self.time, ClockZone(minutes: 120)))
        #expect(facts.camera == "Apple iPhone 12")
        #expect(facts.place == Place(latitude: 48.137, longitude: -11.575))
        for wrong in ["48,8.22", "48N", "91,0N", "48,,1N", "48,61N", "-48,8N", "48,8,1,1N", "N", "1e1,8N"] {
            let packet = "<x exif:GPSLatitude='\(wrong)' exif:GPSLongitude='11,34,30W'/>"
            #expect(CaptureFacts(xmp: Array(packet.utf8)).place == nil)
        }
    }

    @Test(
        "a text says its zone or none",
        arguments: [
            ("Wed, 01 May 2024 14:03:00 -0330", -210), ("Wed, 01 May 2024 14:03:00 GMT", 0),
            ("Wed May  1 14:03:00 2024", nil), ("2024-05-01T14:03:00Z", 0), ("2024:05:01 14:03:00", nil),
            ("2024-05-01T14:03:00.123+14:00", 840), ("2024-05-01T14:03:00+99:00", nil),
        ])
    func texts(_ text: String, _ minutes: Int?) {
        #expect(TimeText.time(text.utf8) == CaptureTime(Self.time, minutes.flatMap { ClockZone(minutes: $0) }))
    }

    @Test("EXIF that is written for a film's copy says what the film says")
    func written() throws {
        let capture = CaptureFacts(
            time: CaptureTime(Self.time, ClockZone(minutes: -210)), camera: "Apple iPhone 12",
            place: Place(latitude: -33.85678, longitude: 0.00001))
        let block = try #require(CarriedExif.block(of: capture).flatMap(TIFFBlock.init))
        #expect(ExifFacts(block).capture == capture)
        #expect(CarriedExif.block(of: CaptureFacts()) == nil)
        // A year that EXIF has no room for.
        #expect(CarriedExif.block(of: CaptureFacts(time: CaptureTime(1 << 40))) == nil)
    }
}
