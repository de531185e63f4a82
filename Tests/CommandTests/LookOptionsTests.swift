import ArgumentParser
import Control
import Model
import TestSupport
import Testing

@testable import Console

@Suite("The operations of edit, as they are typed")
struct LookOptionsTests {
    private static func wish(_ words: [String]) throws -> EditRequest.Wish {
        try LookOptions.parse(words).word().wish()
    }

    @Test(
        "good values",
        arguments: [
            ("--turn left", #"{"recipe":1,"turn":270}"#), ("--turn right", #"{"recipe":1,"turn":90}"#),
            ("--turn 180", #"{"recipe":1,"turn":180}"#), ("--turn 90", #"{"recipe":1,"turn":90}"#),
            ("--turn 270", #"{"recipe":1,"turn":270}"#), ("--turn -90", #"{"recipe":1,"turn":270}"#),
            ("--mirror", #"{"recipe":1,"mirror":true}"#), ("--no-mirror", #"{"recipe":1}"#),
            ("--straighten -1.5", #"{"recipe":1,"straighten":-1.5}"#),
            ("--straighten=-45", #"{"recipe":1,"straighten":-45}"#),
            ("--exposure +0.5", #"{"recipe":1,"exposure":0.5}"#),
            ("--exposure -0.5", #"{"recipe":1,"exposure":-0.5}"#),
            ("--exposure −0.125", #"{"recipe":1,"exposure":-0.125}"#),
            ("--exposure -.5", #"{"recipe":1,"exposure":-0.5}"#),
            ("--temperature 12 --tint -3", #"{"recipe":1,"temperature":12,"tint":-3}"#),
            ("--contrast 100 --highlights -100", #"{"recipe":1,"contrast":100,"highlights":-100}"#),
            ("--shadows +15 --saturation -20", #"{"recipe":1,"shadows":15,"saturation":-20}"#),
            ("--sharpen 30 --black-and-white", #"{"recipe":1,"blackAndWhite":true,"sharpen":30}"#),
            ("--crop none", #"{"recipe":1}"#), ("--crop 0,0,1,1", #"{"recipe":1}"#),
            ("--crop 10%,0,80%,100%", #"{"recipe":1,"crop":{"left":0.1,"top":0,"width":0.8,"height":1}}"#),
            ("--crop .1,0.25,0.8,12.5%", #"{"recipe":1,"crop":{"left":0.1,"top":0.25,"width":0.8,"height":0.125}}"#),
            (
                "--crop 33.3333%,0,0.333333,1",
                #"{"recipe":1,"crop":{"left":0.333333,"top":0,"width":0.333333,"height":1}}"#
            ),
        ])
    func good(words: String, json: String) throws {
        let wish = try Self.wish(words.split(separator: " ").map(String.init))
        #expect(String(decoding: wish.look.json, as: UTF8.self) == json)
        #expect(wish.crop == nil && !wish.auto)
    }

    @Test(
        "crops that are of each picture",
        arguments: [
            ("3:2", EditCrop.ratio(width: 3, height: 2)), ("6:4", .ratio(width: 3, height: 2)),
            ("2.39:1", .ratio(width: 239, height: 100)), ("1:1", .ratio(width: 1, height: 1)),
            ("4000x3000+100+200", .pixels(left: 100, top: 200, width: 4000, height: 3000)),
        ])
    func crops(word: String, crop: EditCrop) throws {
        let wish = try Self.wish(["--crop", word])
        #expect(wish.crop == crop)
        #expect(wish.look.isNeutral)
        #expect(!wish.isNeutral)
        #expect(EditCrop(crop.description) == crop)
    }

    @Test(
        "bad values, each with what is right",
        arguments: [
            ("--turn 45", "--turn '45' is out of range: it takes left, right or 180"),
            ("--straighten 45.001", "--straighten 45.001 is out of range: it goes from -45 to 45."),
            ("--exposure 5.5", "--exposure 5.5 is out of range: it goes from -5 to 5."),
            ("--exposure -6", "--exposure -6 is out of range: it goes from -5 to 5."),
            ("--exposure nan", "--exposure 'nan' is no number: it takes one from -5 to 5"),
            ("--exposure 1e1", "--exposure '1e1' is no number"),
            ("--exposure 0,5", "--exposure '0,5' is no number"),
            ("--exposure 0.0005", "with at most three decimals"),
            ("--exposure 99999999999999999999", "--exposure '99999999999999999999' is no number"),
            ("--contrast 101", "--contrast 101 is out of range: it goes from -100 to 100."),
            ("--sharpen -1", "--sharpen -1 is out of range: it goes from 0 to 100."),
            ("--crop 3:0", "--crop '3:0' is no ratio: write 3:2"), ("--crop 3:-2", "is no ratio"),
            ("--crop 3:2:1", "is no ratio"), ("--crop 20000:1", "a ratio goes from 1:10000 to 10000:1."),
            ("--crop 0.2,0,0.9,1", "--crop '0.2,0,0.9,1' is out of range: crop reaches outside of the picture."),
            ("--crop 10,0,80,100", "1 is the whole side, and percents have a %."),
            ("--crop 0,0,0,1", "crop leaves less than a thousandth of a side"),
            ("--crop 0,0,1", "write 3:2, or LEFT,TOP,WIDTH,HEIGHT"), ("--crop middle", "write 3:2"),
            ("--crop -0.1,0,1,1", "write 3:2"), ("--crop 400x300", "write 4000x3000+100+200"),
            ("--crop 0x300+0+0", "write 4000x3000+100+200"),
        ])
    func bad(words: String, message: String) {
        let error = #expect(throws: (any Error).self) {
            try LookOptions.parse(words.split(separator: " ").map(String.init))
        }
        guard let error else { return }
        #expect(LookOptions.message(for: error).contains(message), "\(LookOptions.message(for: error))")
        #expect(LookOptions.exitCode(for: error).rawValue == 64)
    }

    @Test("what is given takes the place of the recipe's own, and the rest stays")
    func recipe() throws {
        let base = CommandSamples.look(
            turns: 1, isMirrored: true, crop: (0, 0, 500_000, 500_000), isBlackAndWhite: true,
            [.exposure: 500, .tint: 3000])
        func json(_ words: String) throws -> String {
            let wish = try LookOptions.parse(words.split(separator: " ").map(String.init)).word().wish(on: base)
            return String(decoding: wish.look.json, as: UTF8.self) + (wish.crop.map { " \($0)" } ?? "")
        }
        #expect(
            try json("--exposure 0 --contrast 5 --no-mirror --crop none")
                == #"{"recipe":1,"turn":90,"tint":3,"contrast":5,"blackAndWhite":true}"#)
        #expect(
            try json("--turn 0 --crop 3:2 --no-black-and-white")
                == #"{"recipe":1,"mirror":true,"exposure":0.5,"tint":3} 3:2"#)
        #expect(try json("--auto") == String(decoding: base.json, as: UTF8.self))
    }
}
