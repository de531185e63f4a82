import Model
import TestSupport
import Testing

@Suite("Edits on the wire")
struct EditRecordTests {
    private static func record(path: String = "a.jpg", made: Edit.Made? = nil, undone: Bool = false) throws -> Record {
        let recipe = Recipe(image: Sample.image(7), look: try Look([.exposure: Amount(thousandths: 500)]))
        return Record(
            sequence: 9,
            .edit(
                Edit(
                    recipe: recipe, path: Sample.path(path), generation: 2, isUndone: undone, at: 1_779_012_399,
                    by: Sample.node(3), made: made)))
    }

    private static let made = Edit.Made(image: Sample.image(8), generation: 1)

    @Test("An edit's line reads back as the edit")
    func roundTrip() throws {
        for made in [nil, Self.made] {
            for undone in [true, false] {
                let record = try Self.record(path: "a \"b\"\\c/é📷 \"kind\":.jpg", made: made, undone: undone)
                let read = try Record(line: record.line)
                #expect(read == record)
                #expect(read.line == record.line)
                #expect(read.info == nil)
            }
        }
    }

    @Test("The line is what the protocol says")
    func golden() throws {
        let line = String(decoding: try Self.record(made: Self.made).line, as: UTF8.self)
        let (source, made) = (String(repeating: "0007", count: 16), String(repeating: "0008", count: 16))
        #expect(
            line
                == "{\"seq\":9,\"kind\":\"edit\",\"path\":\"a.jpg\","
                + "\"recipe\":\"{\\\"recipe\\\":1,\\\"image\\\":\\\"\(source)\\\",\\\"exposure\\\":0.5}\","
                + "\"generation\":2,\"undone\":false,\"at\":1779012399,\"by\":\"\(Sample.node(3))\","
                + "\"made\":\"\(made)\",\"madeGeneration\":1}")
    }

    @Test(
        "A malformed edit is refused with the fault's name, and the sequence number is kept",
        arguments: [
            ("\"path\":\"a.jpg\"", "\"path\":\"../a.jpg\"", "path"), ("\"path\":\"a.jpg\",", "", "path"),
            ("\"generation\":2", "\"generation\":0", "generation 0"),
            ("\"generation\":2", "\"generation\":-5", "generation -5"),
            ("\"generation\":2", "\"generation\":2147483649", "generation 2147483649"),
            ("\"generation\":2", "\"generation\":9e99", "number"),
            ("\"generation\":2", "\"generation\":1.5", "number"),
            ("\"generation\":2,", "", "generation"), ("\"undone\":false", "\"undone\":0", "undone"),
            ("\"undone\":false,", "", "undone"), ("\"at\":1779012399", "\"at\":99999999999999", "at 99999999999999"),
            ("\"by\":\"", "\"by\":\"1", "by is not"), ("\"made\":\"0008", "\"made\":\"0g08", "made"),
            (",\"madeGeneration\":1", "", "do not come together"),
            (",\"madeGeneration\":1", ",\"madeGeneration\":0", "madeGeneration 0"),
            (",\"madeGeneration\":1", ",\"madeGeneration\":3", "madeGeneration 3"),
            ("0008", "0007", "made from"), ("\"kind\":\"edit\"", "\"kind\":\"edits\"", ""),
            ("\"kind\":\"edit\"", "\"kind\":[]", "kind"),
            ("\\\"exposure\\\":0.5", "\\\"glow\\\":0.5", "no operation 'glow'"),
            ("\\\"exposure\\\":0.5", "\\\"exposure\\\":5.5", "exposure 5.5"),
            ("\\\"exposure\\\":0.5", "\\\"exposure\\\":NaN", "recipe is refused"),
            ("\\\"exposure\\\":0.5", "\\\"exposure\\\":1e3", "exponent"),
            ("\\\"exposure\\\":0.5", "\\\"exposure\\\":99999999999999999999", "seven digits"),
            ("\\\"recipe\\\":1", "\\\"recipe\\\":2", "version"), ("{\\\"recipe\\\"", "[\\\"recipe\\\"", "JSON object"),
            ("\\\"image\\\":\\\"0007", "\\\"image\\\":\\\"07", "image"),
            ("\\\"exposure\\\"", String(repeating: " ", count: 4096) + "\\\"exposure\\\"", "4096"),
        ])
    func malformed(what: String, with: String, mentions: String) throws {
        let good = String(decoding: try Self.record(made: Self.made).line, as: UTF8.self)
        let bad = good.replacing(what, with: with)
        #expect(bad != good)
        let refusal = #expect(throws: Record.Refusal.self) { try Record(line: Array(bad.utf8)) }
        #expect(refusal?.sequence == 9)
        #expect(mentions.isEmpty || refusal?.reason.contains(mentions) == true, "\(refusal?.reason ?? "none")")
    }

    @Test("A recipe for no image, and a rendition without its own image, are refused", arguments: ["image", "made"])
    func partners(key: String) throws {
        let good = String(decoding: try Self.record(made: Self.made).line, as: UTF8.self)
        let bad =
            key == "image"
            ? good.replacing(",\\\"image\\\":\\\"" + String(repeating: "0007", count: 16) + "\\\"", with: "")
            : good.replacing(",\"made\":\"" + String(repeating: "0008", count: 16) + "\"", with: "")
        #expect(bad != good)
        let refusal = #expect(throws: Record.Refusal.self) { try Record(line: Array(bad.utf8)) }
        #expect(refusal?.sequence == 9)
        #expect(refusal?.reason.contains(key == "image" ? "names no image" : "come together") == true)
    }

    @Test("A number that JSON does not have is refused, and so is half a line")
    func noJSON() throws {
        let good = String(decoding: try Self.record().line, as: UTF8.self)
        for bad in [good.replacing("\"generation\":2", with: "\"generation\":NaN"), String(good.dropLast(30))] {
            #expect(throws: Record.Refusal.self) { try Record(line: Array(bad.utf8)) }
        }
    }

    @Test("The longest path, wholly escaped, and the longest recipe still fit in a line")
    func longestFits() throws {
        let path = String(repeating: "\"\"\"\"\"\"\"/", count: 374) + "\"\"\"\"\"\""
        var amounts = Dictionary(
            uniqueKeysWithValues: Adjustment.allCases.map {
                ($0, Amount(thousandths: $0.range.lowerBound.thousandths + 1))
            })
        amounts[.sharpen] = Amount(thousandths: 99_999)
        let look = try Look(
            turns: 3, isMirrored: true, crop: try Crop(left: 100_001, top: 100_001, width: 800_001, height: 800_001),
            isBlackAndWhite: true, amounts)
        let edit = Edit(
            recipe: Recipe(image: Sample.image(7), look: look), path: Sample.path(path),
            generation: Edit.highestGeneration, isUndone: false, at: -62_167_219_200, by: Sample.node(255),
            made: Edit.Made(image: Sample.image(8), generation: Edit.highestGeneration))
        let record = Record(sequence: Record.highestSequence, .edit(edit))
        #expect(record.line.count <= Record.longestLine)
        #expect(try Record(line: record.line) == record)
    }
}
