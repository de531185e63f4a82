import Foundation
import Model
import TestSupport
import Testing

@Suite("Recipes")
struct RecipeTests {
    private static let image = Sample.image(7)

    private static func look(_ json: String) throws -> Look { try Look(json: Array(json.utf8)) }

    private static func refusal(_ json: String) -> String? {
        do {
            _ = try look(json)
            return nil
        } catch { return (error as? Recipe.Refusal)?.reason }
    }

    private static let full = """
        {"recipe":1,"image":"\(image)","turn":90,"mirror":true,"straighten":-1.5,\
        "crop":{"left":0.1,"top":0,"width":0.800001,"height":1},"exposure":0.333,"temperature":12,"tint":-3,\
        "contrast":10,"highlights":-20,"shadows":15.25,"saturation":5,"blackAndWhite":true,"sharpen":30,\
        "png":true}
        """

    @Test("is written in one way, whatever way it was given")
    func canonical() throws {
        let recipe = try Recipe(json: Array(Self.full.utf8))
        #expect(String(decoding: recipe.json, as: UTF8.self) == Self.full)
        #expect(recipe.json.count < 600)
        let other = """
             { "png":true, "sharpen" : 30.000, "saturation":5.0,"crop" : {"height":1.000000,"width":0.800001,"top":0,"left":0.10},
              "mirror":true, "turn":90, "shadows":15.25, "straighten":-1.50, "exposure":0.333, "temperature":12,
             "tint":-3,"contrast":10,"highlights":-20, "blackAndWhite":true, "image":"\(Self.image)" , "recipe":1 }

            """
        let same = try Recipe(json: Array(other.utf8))
        #expect(same == recipe)
        #expect(same.json == recipe.json)
        #expect(same.id == recipe.id)
    }

    @Test("is named by the hash of its JSON")
    func name() throws {
        let recipe = Recipe(image: Self.image, look: try Look([.exposure: Amount(thousandths: 500)]))
        let text = "{\"recipe\":1,\"image\":\"\(Self.image)\",\"exposure\":0.5}"
        #expect(String(decoding: recipe.json, as: UTF8.self) == text)
        let hash = try ImagingTool.run("sha256sum", [], input: Array(text.utf8))
        #expect(String(decoding: hash, as: UTF8.self).hasPrefix(recipe.id.description))
        #expect(RecipeID(recipe.id.description) == recipe.id)
        let other = Recipe(image: Sample.image(8), look: recipe.look)
        #expect(other != recipe && other.id != recipe.id)
    }

    @Test("what changes nothing is not written")
    func neutral() throws {
        let json = """
            {"recipe":1,"turn":0,"mirror":false,"straighten":0,"crop":{"left":0,"top":0,"width":1,"height":1},
             "exposure":-0.000,"blackAndWhite":false,"sharpen":0,"png":false}
            """
        let look = try Self.look(json)
        #expect(look == .neutral && look.isNeutral && !look.changesPixels)
        #expect(String(decoding: look.json, as: UTF8.self) == "{\"recipe\":1}")
    }

    @Test("a look is taken from a recipe without its image, and pinned to others")
    func looks() throws {
        let look = try Self.look(Self.full)
        #expect(look[.exposure] == Amount("0.333") && look.turns == 1 && look.isMirrored && look.isBlackAndWhite)
        let pinned = Recipe(image: Sample.image(9), look: look)
        #expect(try Recipe(json: pinned.json) == pinned)
    }

    @Test(
        "hostile recipes are refused with a reason",
        arguments: [
            ("", "not a JSON object"), ("[]", "not a JSON object"), ("null", "not a JSON object"),
            ("{", "name"), ("{}", "\"recipe\":1"), ("{\"exposure\":1}", "\"recipe\":1"),
            ("{\"recipe\":2}", "version"), ("{\"recipe\":0,\"colour\":1}", "version"), ("{\"recipe\":1.5}", "decimals"),
            ("{\"recipe\":true}", "not a number"), ("{\"recipe\":1}{}", "follows"), ("{\"recipe\":1} x", "follows"),
            ("{\"recipe\":1,}", "name"), ("{\"recipe\":1 \"turn\":90}", "broken"),
            ("{\"recipe\":1,\"rm -rf\":1}", "'rm -rf'"), ("{\"recipe\":1,\"Exposure\":1}", "'Exposure'"),
            ("{\"recipe\":1,\"exp\\u006fsure\":1}", "plain ASCII"), ("{\"recipe\":1,\"\u{1B}[2J\":1}", "plain ASCII"),
            ("{\"recipe\":1,\"ex\u{0}\":1}", "plain ASCII"), ("{\"recipe\":1,\"größe\":1}", "plain ASCII"),
            ("{\"recipe\":1,\"exposure\":5.001}", "exposure 5.001 is not between -5 and 5"),
            ("{\"recipe\":1,\"exposure\":-6}", "between -5 and 5"),
            ("{\"recipe\":1,\"exposure\":9999999}", "between -5 and 5"),
            ("{\"recipe\":1,\"exposure\":99999999}", "seven digits"),
            ("{\"recipe\":1,\"exposure\":NaN}", "neither a number"),
            ("{\"recipe\":1,\"exposure\":Infinity}", "neither a number"),
            ("{\"recipe\":1,\"exposure\":-Infinity}", "none"), ("{\"recipe\":1,\"exposure\":nan}", "neither a number"),
            ("{\"recipe\":1,\"exposure\":1e0}", "exponent"), ("{\"recipe\":1,\"exposure\":1E400}", "exponent"),
            ("{\"recipe\":1,\"exposure\":+1}", "neither a number"), ("{\"recipe\":1,\"exposure\":01}", "none"),
            ("{\"recipe\":1,\"exposure\":.5}", "neither a number"),
            ("{\"recipe\":1,\"exposure\":1.}", "behind the point"),
            ("{\"recipe\":1,\"exposure\":1.2.3}", "none"), ("{\"recipe\":1,\"exposure\":0x1}", "none"),
            ("{\"recipe\":1,\"exposure\":0.0001}", "exposure has more than 3 decimals"),
            ("{\"recipe\":1,\"exposure\":\"1\"}", "exposure is not a number"),
            ("{\"recipe\":1,\"exposure\":null}", "neither a number"),
            ("{\"recipe\":1,\"exposure\":[1]}", "object or a list"),
            ("{\"recipe\":1,\"exposure\":{\"a\":1}}", "exposure is not a number"),
            ("{\"recipe\":1,\"crop\":{\"left\":{\"a\":1}}}", "object or a list"),
            ("{\"recipe\":1,\"exposure\":1,\"exposure\":1}", "'exposure' twice"),
            ("{\"recipe\":1,\"recipe\":1}", "'recipe' twice"),
            ("{\"recipe\":1,\"turn\":45}", "turn 45"), ("{\"recipe\":1,\"turn\":-90}", "turn -90"),
            ("{\"recipe\":1,\"turn\":true}", "turn is not a number"),
            ("{\"recipe\":1,\"mirror\":1}", "neither true nor false"),
            ("{\"recipe\":1,\"straighten\":45.001}", "between -45 and 45"),
            ("{\"recipe\":1,\"sharpen\":-1}", "between 0 and 100"),
            ("{\"recipe\":1,\"saturation\":100.5}", "between -100 and 100"),
            ("{\"recipe\":1,\"image\":\"abc\"}", "64 hexadecimal digits"),
            ("{\"recipe\":1,\"image\":7}", "64 hexadecimal digits"),
            ("{\"recipe\":1,\"crop\":1}", "not an object"), ("{\"recipe\":1,\"crop\":{}}", "without one of"),
            ("{\"recipe\":1,\"crop\":{\"left\":0,\"top\":0,\"width\":1}}", "without one of"),
            ("{\"recipe\":1,\"crop\":{\"left\":0,\"top\":0,\"width\":0,\"height\":1}}", "less than a thousandth"),
            ("{\"recipe\":1,\"crop\":{\"left\":0,\"top\":0,\"width\":-1,\"height\":1}}", "less than a thousandth"),
            ("{\"recipe\":1,\"crop\":{\"left\":0.5,\"top\":0,\"width\":0.500001,\"height\":1}}", "outside"),
            ("{\"recipe\":1,\"crop\":{\"left\":-0.1,\"top\":0,\"width\":0.5,\"height\":1}}", "outside"),
            ("{\"recipe\":1,\"crop\":{\"left\":9999999,\"top\":0,\"width\":9999999,\"height\":1}}", "outside"),
            ("{\"recipe\":1,\"crop\":{\"left\":0,\"left\":0}}", "'left' twice"),
            ("{\"recipe\":1,\"crop\":{\"angle\":0}}", "crop has no 'angle'"),
            ("{\"recipe\":1,\"crop\":{\"left\":0.0000001,\"top\":0,\"width\":1,\"height\":1}}", "more than 6 decimals"),
        ])
    func hostile(_ json: String, _ word: String) throws {
        let reason = try #require(Self.refusal(json), "\(json) was taken")
        #expect(reason.contains(word), "\(json): \(reason)")
        #expect(reason.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) })
        #expect(Recipe.Refusal(reason).description == "The recipe is refused: \(reason).")
    }

    @Test("a thousand operations, great depth and great size are refused at once")
    func large() throws {
        let many = (0..<1000).map { "\"a\($0)\":1" }.joined(separator: ",")
        #expect(Self.refusal("{\"recipe\":1,\(many)}")?.contains("bytes, more than 4096") == true)
        let some = (0..<300).map { "\"a\($0)\":1" }.joined(separator: ",")
        #expect(Self.refusal("{\"recipe\":1,\(some)}")?.contains("'a0'") == true)
        let deep = String(repeating: "{\"a\":", count: 700)
        #expect(Self.refusal("{\"recipe\":1,\"a\":" + deep)?.contains("object or a list") == true)
        #expect(Self.refusal("{\"recipe\":1" + String(repeating: " ", count: 4096) + "}")?.contains("4096") == true)
        #expect(Self.refusal("{\"recipe\":1" + String(repeating: " ", count: 4000) + "}") == nil)
        let name = String(repeating: "n", count: 65)
        #expect(Self.refusal("{\"recipe\":1,\"\(name)\":1}")?.contains("more than 64") == true)
    }

    @Test("every beginning and every changed byte of a recipe is taken or refused", arguments: 0..<4 as Range<UInt64>)
    func mutations(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let whole = Array(Self.full.utf8)
        for end in 0..<whole.count { #expect(throws: Recipe.Refusal.self) { try Recipe(json: whole[..<end]) } }
        for _ in 0..<2000 {
            var changed = whole
            changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            if let recipe = try? Recipe(json: changed) { #expect(try Recipe(json: recipe.json) == recipe) }
        }
    }

    @Test("a recipe without an image is a look only")
    func unpinned() {
        #expect(throws: Recipe.Refusal("it names no image")) { try Recipe(json: Array("{\"recipe\":1}".utf8)) }
    }

    @Test("amounts are read and written exactly")
    func amounts() {
        for thousandths in [0, 1, -1, 10, 100, 1000, -1500, 12_345, 5_000_000] {
            let amount = Amount(thousandths: thousandths)
            #expect(Amount(amount.description) == amount)
        }
        #expect(Amount("+0.5")?.thousandths == 500)
        #expect(Amount("-.5") == nil && Amount("") == nil && Amount("1e1") == nil && Amount("0.1234") == nil)
        #expect(Amount(thousandths: -50).description == "-0.05")
    }

    @Test("fixed ratios become the largest part from the middle")
    func ratios() throws {
        let wide = try Crop(ratio: (16, 9), of: PixelSize(width: 6000, height: 4000))
        #expect(wide.width == 1_000_000 && wide.height == 843_750 && wide.left == 0 && wide.top == 78_125)
        let square = try Crop(ratio: (1, 1), of: PixelSize(width: 6000, height: 4000))
        #expect(square.height == 1_000_000 && square.width == 666_667)
        #expect(throws: Recipe.Refusal.self) { try Crop(ratio: (0, 1), of: PixelSize(width: 10, height: 10)) }
        #expect(throws: Recipe.Refusal.self) { try Crop(ratio: (10_000, 1), of: PixelSize(width: 10, height: 10_000)) }
    }

    @Test("every pixel of a large picture can be named", arguments: [6000, 11_648, 65_500])
    func pixels(_ side: Int) throws {
        for offset in stride(from: 0, to: side - side / 10, by: 7) {
            let crop = try Crop(
                left: offset, top: 0, width: side / 10, height: 100, of: PixelSize(width: side, height: 100))
            #expect((crop.left * side + 500_000) / 1_000_000 == offset)
            #expect(((crop.left + crop.width) * side + 500_000) / 1_000_000 == offset + side / 10)
        }
    }
}
