import DecoderProgram
import Decoding
import Foundation
import Imaging
import Model
import TestSupport
import Testing

@Suite("Reduced copies of other types than JPEG")
struct KindTests {
    @Test("A picture of each type becomes a reduced copy with its colours", arguments: MadeKind.all)
    func reduces(_ kind: MadeKind) throws {
        let seen = try Made.colours(of: Made.reduce(try kind.make(), edge: 100))
        #expect(seen.size == "120x90")
        for (found, wanted) in zip(seen.colours, Made.wanted) { #expect(Made.isNear(found, wanted), "\(found)") }
    }

    @Test(
        "What is transparent stands on white", arguments: ["PNG32:-", "PNG64:-", "WEBP:-", "TIFF:-"])
    func alpha(_ name: String) throws {
        let half = ["-alpha", "set", "-channel", "A", "-evaluate", "set", "50%", "+channel"]
        let seen = try Made.colours(of: Made.reduce(try Made.colours(name, half), edge: 100))
        for (found, wanted) in zip(seen.colours, Made.wanted) {
            #expect(Made.isNear(found, wanted.map { ($0 + 255) / 2 }, within: 8), "\(found)")
        }
    }

    @Test("What is transparent in a HEIC or AVIF stands on white", arguments: ["heic", "avif"])
    func heifAlpha(_ suffix: String) throws {
        let half = ["-alpha", "set", "-channel", "A", "-evaluate", "set", "50%", "+channel"]
        let main = try Made.by(
            "heif-enc", (suffix == "avif" ? ["-A"] : []) + ["-q", "95", "IN", "-o", "OUT"],
            from: Made.colours("PNG32:-", half), to: suffix)
        let seen = try Made.colours(of: Made.reduce(main, edge: 100))
        for (found, wanted) in zip(seen.colours, Made.wanted) {
            #expect(Made.isNear(found, wanted.map { ($0 + 255) / 2 }, within: 8), "\(found)")
        }
    }

    @Test("Between two steps of 8 bits, pictures of 16 bits are dithered", arguments: ["PNG48:-", "TIFF:-"])
    func dither(_ name: String) throws {
        let main = try ImagingTool.run(
            "convert", ["-size", "64x64", "xc:gray(39.41%)", "-depth", "16", "-type", "TrueColor", name])
        let picture = try Made.decode(main, edge: 64)
        let bright = picture.samples.prefix(64 * 64)
        #expect(Set(bright).count > 1)
        #expect(abs(Double(bright.reduce(0) { $0 + Int($1) }) / 4096 - 100.5) < 0.5)
    }

    @Test("A copy is turned as its main is, and has its XMP", arguments: ["PNG24:-", "TIFF:-"])
    func carried(_ name: String) throws {
        let suffix = name == "TIFF:-" ? "tiff" : "png"
        let main = try Made.by(
            "exiftool", ["-q", "-Orientation#=6", "-XMP-dc:Title=A title", "-o", "OUT", "IN"],
            from: Made.colours(name), suffix, to: suffix)
        let copy = try Made.reduce(main, edge: 100)
        #expect(try ImagingTool.exif(["IFD0:Orientation", "XMP-dc:Title"], of: copy) == ["6", "A title"])
    }

    @Test("A WebP is turned as its EXIF says, and of an animated one the first picture is shown")
    func webP() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let still = try Made.colours("WEBP:-")
        let exif = folder.appending(path: "exif")
        let entry: [UInt8] = [0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]
        try Data(Array("MM\0*".utf8) + [0, 0, 0, 8] + entry).write(to: exif)
        let turned = try Made.by(
            "webpmux", ["-set", "exif", exif.path, "IN", "-o", "OUT"], from: still, "webp", to: "webp")
        #expect(try ImagingTool.exif(["IFD0:Orientation"], of: Made.reduce(turned, edge: 100)) == ["6"])

        let other = folder.appending(path: "other.webp")
        try Data(try Made.colours("WEBP:-", ["-negate"])).write(to: other)
        let moving = try Made.by(
            "webpmux", ["-frame", "IN", "+100", "-frame", other.path, "+100", "-o", "OUT"], from: still, "webp",
            to: "webp")
        let seen = try Made.colours(of: Made.reduce(moving, edge: 100))
        #expect(seen.size == "120x90")
        for (found, wanted) in zip(seen.colours, Made.wanted) { #expect(Made.isNear(found, wanted), "\(found)") }
    }

    @Test("A profile is carried", arguments: ["PNG24:-", "WEBP:-", "TIFF:-"])
    func profile(_ name: String) throws {
        let profile = ICCWriter.profile(
            "Test", red: [0.5151, 0.2412, -0.0011], green: [0.2920, 0.6922, 0.0419], blue: [0.1571, 0.0666, 0.7841])
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).icc")
        try Data(profile).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let copy = try Made.reduce(try Made.colours(name, ["-profile", file.path]), edge: 100)
        #expect(try ImagingTool.run("exiftool", ["-icc_profile", "-b", "-"], input: copy) == profile)
    }

    @Test(
        "Of a PNG, a WebP, a BMP or a TIFF in strips only some rows are in memory at a time",
        arguments: [
            ("BMP3:-", []), ("PNG24:-", []), ("PNG48:-", []), ("WEBP:-", ["-quality", "80"]),
            ("TIFF:-", ["-compress", "Zip"]),
        ])
    func memory(_ name: String, _ arguments: [String]) throws {
        func most(_ size: String) throws -> Int {
            try Made.memory(
                ImagingTool.run("convert", ["-size", size, "xc:rgb(40,160,60)"] + arguments + [name]))
        }
        // Whole it would take 36 MB, and twice as many of 16 bits.
        let (small, large) = (try most("60x60"), try most("4000x3000"))
        #expect(large - small < 16, "\(small) MB and \(large) MB")
    }

    @Test("A BMP whose first row comes first stands upright, and one that is cut is refused")
    func topDown() throws {
        var main = try Made.colours("BMP3:-")
        let (seen, height) = (try Made.decode(main, edge: 240), Int(main[22]) | Int(main[23]) << 8)
        for index in 0..<4 { main[22 + index] = UInt8(truncatingIfNeeded: -height >> (8 * index)) }
        let other = try Made.decode(main, edge: 240)
        #expect(seen.width == other.width && seen.height == other.height && seen.samples != other.samples)
        let rows = (seen.width, seen.height)
        for row in 0..<rows.1 {
            let (one, two) = (row * rows.0, (rows.1 - 1 - row) * rows.0)
            let isNear = (0..<rows.0).allSatisfy {
                abs(Int(seen.samples[one + $0]) - Int(other.samples[two + $0])) <= 2
            }
            #expect(isNear, "row \(row) is the other's last but \(row)")
        }
        #expect(throws: ImagingError.self) { try Made.decode(Array(main.dropLast(100)), edge: 240) }
    }

    @Test("What is hidden in the transparent parts of a WebP does not shine through", arguments: ["false", "true"])
    func hidden(_ isLossless: String) throws {
        // Columns of grey and of a red that is not seen: each pixel of the copy has half of both.
        let row = (0..<240).flatMap { ($0 + 4) & 8 == 0 ? [128, 128, 128, 255] : [255, 0, 0, 0] as [UInt8] }
        let main = try ImagingTool.run(
            "convert",
            [
                "-size", "240x180", "-depth", "8", "rgba:-", "-quality", "95", "-define", "webp:exact=true",
                "-define", "webp:lossless=\(isLossless)", "WEBP:-",
            ], input: (0..<180).flatMap { _ in row })
        let seen = try Made.colours(of: Made.reduce(main, edge: 30))
        #expect(seen.size == "30x23")
        for found in seen.colours { #expect(Made.isNear(found, [191, 191, 191], within: 12), "\(found)") }
    }

    @Test(
        "What a WebP carries is left out where it is too long, and takes no memory",
        arguments: ["EXIF", "XMP ", "ICCP"])
    func long(_ type: String) throws {
        func number(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
        let whole = try Made.colours("WEBP:-")
        var main = whole + Array(type.utf8) + number(80_000_000) + [UInt8](repeating: 1, count: 80_000_000)
        main.replaceSubrange(4..<8, with: number(main.count - 8))
        let (few, many) = (try Made.memory(whole), try Made.memory(main))
        #expect(many - few < 16, "\(few) MB and \(many) MB")
        let picture = try Made.decode(main, edge: 60)
        #expect(picture.exif == nil && picture.xmp == nil && picture.profile == nil)
    }

    @Test("A TIFF in four inks has the colours that FFmpeg gives it")
    func inks() throws {
        let main = try Made.colours("TIFF:-", ["-colorspace", "CMYK", "-depth", "8"])
        let seen = try Made.colours(of: Made.reduce(main, edge: 100))
        for (found, wanted) in zip(seen.colours, Made.wanted) { #expect(Made.isNear(found, wanted), "\(found)") }
    }

    @Test("The same main gives the same bytes again")
    func again() throws {
        let main = try Made.colours("PNG48:-")
        #expect(try Made.reduce(main, edge: 100) == Made.reduce(main, edge: 100))
    }

    @Test(
        "A cut picture is refused in a sentence, and the next one is read",
        arguments: MadeKind.all.filter {
            $0.testDescription.hasPrefix("PNG24") || $0.testDescription.hasPrefix("TIFF")
                || $0.testDescription.hasPrefix("hei")
        })
    func cut(_ kind: MadeKind) throws {
        let main = try kind.make()
        #expect {
            _ = try Made.decode(Array(main.prefix(main.count / 2)), edge: 100)
        } throws: { error in
            guard let error = error as? ImagingError else { return false }
            return [.endsEarly, .damaged].contains(error.code) && error.message.hasSuffix(".")
        }
        _ = try Made.decode(main, edge: 100)
    }

    @Test(
        "A TIFF that would be shown as black, or in false colours, is refused by name",
        arguments: [
            (["-compress", "JPEG"], "JPEG inside"), (["-define", "tiff:tile-geometry=64x64"], "in tiles"),
            (["-colorspace", "CMYK", "-depth", "16"], "four inks"),
        ])
    func tiff(_ arguments: [String], _ words: String) throws {
        let main = try Made.colours("TIFF:-", arguments)
        #expect {
            _ = try Made.decode(main, edge: 100)
        } throws: { error in
            guard let error = error as? ImagingError else { return false }
            return error.code == .unsupported && error.message.contains(words)
        }
    }

    @Test("A picture that says it has more pixels than may be is refused before anything is decoded")
    func declared() throws {
        var main = try Made.colours("PNG24:-")
        main.replaceSubrange(16..<24, with: [0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF])
        #expect {
            _ = try Made.decode(main, edge: 100)
        } throws: { ($0 as? ImagingError)?.code == .overLimit }
    }
}
