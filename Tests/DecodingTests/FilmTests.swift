import Decoding
import Foundation
import Imaging
import Model
import TestSupport
import Testing

@Suite("A film's picture")
struct FilmTests {
    /// A film of these colours, half a second each.
    private static func film(
        _ colours: [String], _ suffix: String, _ codec: String, _ more: [String] = []
    ) throws -> [UInt8] {
        let inputs = colours.flatMap { ["-f", "lavfi", "-i", "color=c=\($0):s=352x288:d=0.5:r=25"] }
        let joined = colours.indices.map { "[\($0)]" }.joined() + "concat=n=\(colours.count):v=1"
        return try Made.by(
            "ffmpeg",
            ["-v", "error", "-y"] + inputs + ["-filter_complex", joined, "-c:v", codec, "-pix_fmt", "yuv420p"] + more
                + ["OUT"], to: suffix)
    }

    @Test(
        "A film of each type has a picture with a mark in its lower left corner",
        arguments: [
            ("mp4", "libx264"), ("mov", "libx264"), ("3gp", "h263"), ("mkv", "libvpx"), ("mkv", "libx265"),
            ("avi", "mpeg4"),
            ("mpg", "mpeg2video"), ("wmv", "wmv2"),
        ])
    func types(_ suffix: String, _ codec: String) throws {
        let copy = try Made.reduce(try Self.film(["0x28A03C"], suffix, codec), edge: 352)
        let seen = try Made.colours(of: copy)
        #expect(seen.size == "352x288")
        #expect(Made.isNear(seen.colours[1], [40, 160, 60], within: 8), "\(seen.colours[1])")
        #expect(try Self.mark(of: copy) == "dark, light")
    }

    /// What is seen at the edge and in the middle of where the mark should be, once the picture is turned.
    private static func mark(of copy: [UInt8]) throws -> String {
        let text = String(
            decoding: try ImagingTool.run(
                "convert",
                [
                    "-", "-auto-orient", "-colorspace", "Gray", "-format",
                    "%[fx:p{7,h-8}<0.3?1:0]%[fx:p{16,h-18}>0.7?1:0]", "info:",
                ], input: copy), as: UTF8.self)
        return text == "11" ? "dark, light" : text
    }

    @Test("The picture of a film says when, where and with what the film was taken")
    func capture() throws {
        let metadata = [
            "make=Acme", "model=F 1", "creationdate=2024-05-01T14:03:00+0200", "location.ISO6709=+48.1370-011.5750/",
        ].flatMap { ["-metadata", "com.apple.quicktime.\($0)"] }
        let film = try Self.film(["0x28A03C"], "mov", "libx264", ["-movflags", "use_metadata_tags"] + metadata)
        let facts = ImageInspector.facts(of: try Made.reduce(film, edge: 352)).capture
        #expect(facts == ImageInspector.facts(of: film).capture)
        #expect(facts.time?.seconds == 1_714_572_180)
        #expect(facts.time?.zone == ClockZone(minutes: 120))
        #expect(facts.camera == "Acme F 1")
        #expect(facts.place == Place(latitude: 48.137, longitude: -11.575))
        let bare = try Self.film(["0x28A03C"], "mkv", "libvpx", ["-fflags", "+bitexact"])
        let none = ImageInspector.facts(of: try Made.reduce(bare, edge: 352)).capture
        #expect(none.camera == nil && none.place == nil)
    }

    @Test("A black beginning is passed over, and a film that is all black has a picture too")
    func black() throws {
        let lit = try Self.film(["black", "black", "0x28A03C"], "mp4", "libx264")
        #expect(Made.isNear(try Made.colours(of: Made.reduce(lit, edge: 352)).colours[1], [40, 160, 60], within: 8))
        let dark = try Self.film(["black"], "mp4", "libx264")
        #expect(Made.isNear(try Made.colours(of: Made.reduce(dark, edge: 352)).colours[1], [0, 0, 0], within: 8))
    }

    @Test("A film is turned as it says, and its mark with it", arguments: [(90, "8"), (180, "3"), (270, "6")])
    func turned(_ degrees: Int, _ orientation: String) throws {
        let film = try Self.film(["0x28A03C"], "mp4", "libx264")
        let turned = try Made.by(
            "ffmpeg",
            ["-v", "error", "-i", "IN", "-c", "copy", "-metadata:s:v", "rotate=\(degrees)", "OUT"], from: film, "mp4",
            to: "mp4")
        let copy = try Made.reduce(turned, edge: 352)
        #expect(try ImagingTool.exif(["IFD0:Orientation"], of: copy) == [orientation])
        #expect(try Self.mark(of: copy) == "dark, light")
    }

    @Test("A file of sound alone, and one without a picture, are refused in a sentence")
    func none() throws {
        let sound = try Made.by(
            "ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "sine=d=1", "OUT"], to: "mp4")
        #expect {
            _ = try Made.decode(sound, edge: 100)
        } throws: { ($0 as? ImagingError)?.code == .unsupported }
        let film = try Self.film(["0x28A03C"], "mkv", "libvpx")
        #expect { _ = try Made.decode(Array(film.prefix(300)), edge: 100) } throws: { $0 is ImagingError }
        _ = try Made.decode(film, edge: 100)
    }
}
