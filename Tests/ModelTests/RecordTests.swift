import Model
import TestSupport
import Testing

@Suite("Records on the wire")
struct RecordTests {
    @Test("A record's line reads back as the record")
    func roundTrip() throws {
        for info in [Sample.main("a \"b\"\\c/é📷.jpg", 1), Sample.reduced("x.jpg", 2)] {
            let record = Record(sequence: 7, info: info)
            #expect(try Record(line: record.line) == record)
        }
        var bare = Sample.main("x.jpg", 3)
        (bare.size, bare.captured) = (nil, nil)
        #expect(try Record(line: Record(sequence: 1, info: bare).line).info == bare)
    }

    @Test("How long a film lasts stands behind the time of its taking; what is no film is written as ever")
    func duration() throws {
        let bare = Sample.main("a.mov", 1, type: .mov)
        #expect(!String(decoding: Record(sequence: 7, info: bare).line, as: UTF8.self).contains("duration"))
        for (captured, edge) in [(1_780_000_000, nil), (nil, nil), (nil, 2048)] as [(Int64?, Int?)] {
            var info = edge == nil ? bare : Sample.reduced("a.mov", 1)
            (info.captured, info.duration) = (captured, FileInfo.longestFilm)
            let record = Record(sequence: 7, info: info)
            let line = String(decoding: record.line, as: UTF8.self)
            let before = captured == nil ? "\"height\":4000" : "\"captured\":1780000000"
            #expect(line.contains("\(before),\"duration\":31622400000" + (edge == nil ? "}" : ",\"edge\":2048}")))
            #expect(try Record(line: record.line) == record)
            // Written another way, it is read by the general reader.
            #expect(try Record(line: Array(line.replacing(",\"", with: ", \"").utf8)) == record)
            for wrong in ["0", "-1", "31622400001", "\"1\""] {
                let line = line.replacing("31622400000", with: wrong)
                let refusal = #expect(throws: Record.Refusal.self) { try Record(line: Array(line.utf8)) }
                #expect(refusal?.reason.contains("duration") == true, "\(refusal?.reason ?? "none")")
            }
        }
    }

    @Test("A name's generation stands in the line, last; a record without one is written as ever")
    func generation() throws {
        let bare = Record(sequence: 7, info: Sample.main("x.jpg", 1))
        #expect(!String(decoding: bare.line, as: UTF8.self).contains("generation"))
        for replaces in [[], [Sample.image(2)]] {
            var info = Sample.main("x.jpg", 1)
            (info.generation, info.replaces) = (FileInfo.highestGeneration, replaces)
            let record = Record(sequence: 7, info: info)
            #expect(String(decoding: record.line, as: UTF8.self).hasSuffix(",\"generation\":2147483648}"))
            #expect(try Record(line: record.line) == record)
        }
        for wrong in ["0", "2147483649", "-1"] {
            let line = String(decoding: bare.line, as: UTF8.self).replacing("}", with: ",\"generation\":\(wrong)}")
            #expect(throws: Record.Refusal.self) { try Record(line: Array(line.utf8)) }
        }
    }

    @Test(
        "A picture's edition stands in the line before its name's generation; of two records the later word on edits counts"
    )
    func edition() throws {
        var info = Sample.main("a.jpg", 1)
        #expect(info.rank == 0)
        info.replaces = [Sample.image(2), Sample.image(3)]
        #expect(info.rank == 2, "an earlier version names all that it knows")
        let before = info
        (info.edition, info.generation) = (FileInfo.highestEdition, 4)
        let record = Record(sequence: 7, info: info)
        let line = String(decoding: record.line, as: UTF8.self)
        #expect(line.hasSuffix("],\"edition\":2147483648,\"generation\":4}"))
        #expect(try Record(line: record.line) == record)
        for wrong in ["0", "2147483649"] {
            let line = line.replacing("2147483648", with: wrong)
            #expect(throws: Record.Refusal.self) { try Record(line: Array(line.utf8)) }
        }
        #expect(info.supersedes(Sample.image(2), of: 7) && !before.supersedes(Sample.image(2), of: 2))
        #expect(!info.supersedes(Sample.image(4), of: 0) && !info.supersedes(info.image, of: 0))
        var other = before
        other.take(editsOf: info)
        #expect(other.edition == info.edition && other.generation == nil)
        (other.replaces, other.edition) = ([], 3)
        info.take(editsOf: other)
        #expect(info.replaces.count == 2, "it is the earlier one")
    }

    @Test("A line that another version writes its own way says the same")
    func otherWriters() throws {
        let record = Record(sequence: 12, info: Sample.reduced("a/é b.jpg", 1))
        let line = String(decoding: record.line, as: UTF8.self)
        let spaced = line.replacing(":", with: " : ").replacing(",", with: ",\t")
        let unknown = line.replacing("}", with: ",\"later\":[1]}")
        let escaped = line.replacing("a/é b.jpg", with: "a\\/\\u00e9 b.jpg")
        let ordered = line.replacing("{\"seq\":12,", with: "{").replacing("}", with: ",\"seq\":12}")
        let exponent = line.replacing("\"width\":6000", with: "\"width\":6.0e3")
        for other in [spaced, unknown, escaped, ordered, exponent] {
            #expect(other != line)
            #expect(try Record(line: Array(other.utf8)) == record, "\(other)")
        }
    }

    @Test("Numbers at the ends of their ranges read back", arguments: [1, Record.highestSequence])
    func ends(sequence: Record.Sequence) throws {
        var info = Sample.main("x.jpg", 3, bytes: FileInfo.mostBytes)
        (info.captured, info.size) = (-62_167_219_200, PixelSize(width: 1, height: 1 << 24))
        let record = Record(sequence: sequence, info: info)
        #expect(try Record(line: record.line) == record)
    }

    @Test("The line is what the protocol page shows")
    func golden() {
        let line = String(decoding: Record(sequence: 12, info: Sample.reduced("a.jpg", 1)).line, as: UTF8.self)
        let id = String(repeating: "0001", count: 16)
        #expect(
            line
                == "{\"seq\":12,\"path\":\"a.jpg\",\"image\":\"\(id)\",\"form\":\"reduced\",\"type\":\"jpeg\",\"bytes\":400000,"
                + "\"mainBytes\":3000000,\"width\":6000,\"height\":4000,\"captured\":1780000000,\"edge\":2048}")
    }

    @Test(
        "A malformed field is refused with its name, and the sequence number is kept",
        arguments: [
            ("\"path\":\"a.jpg\"", "\"path\":\"../a.jpg\"", "path"),
            ("\"path\":\"a.jpg\"", "\"path\":\"/a.jpg\"", "path"),
            ("\"path\":\"a.jpg\"", "\"path\":\"a\\u0000.jpg\"", "path"), ("\"path\":\"a.jpg\"", "\"path\":7", "path"),
            ("\"path\":\"a.jpg\",", "", "path"), ("\"form\":\"main\"", "\"form\":\"thumb\"", "form"),
            ("\"type\":\"jpeg\"", "\"type\":\"EXE\"", "type"), ("\"bytes\":3000000", "\"bytes\":-1", "bytes"),
            ("\"bytes\":3000000", "\"bytes\":0", "bytes"), ("\"bytes\":3000000", "\"bytes\":2999999", "bytes"),
            ("\"mainBytes\":3000000", "\"mainBytes\":274877906945", "mainBytes 274877906945 is out of range"),
            ("\"mainBytes\":3000000", "\"mainBytes\":9e99", "number"), ("\"width\":6000,", "", "width"),
            ("\"width\":6000", "\"width\":0", "pixel size"),
            ("\"height\":4000", "\"height\":99999999999", "pixel size"),
            ("\"captured\":1780000000", "\"captured\":99999999999999", "captured"),
            ("\"captured\":1780000000", "\"captured\":1780000000,\"edge\":5", "edge"),
            ("\"image\":\"0001", "\"image\":\"0g01", "image"), ("\"image\":\"0001", "\"image\":\"01", "image"),
        ])
    func malformed(what: String, with: String, mentions: String) throws {
        let good = String(decoding: Record(sequence: 9, info: Sample.main("a.jpg", 1)).line, as: UTF8.self)
        let bad = good.replacing(what, with: with)
        #expect(bad != good)
        let refusal = #expect(throws: Record.Refusal.self) { try Record(line: Array(bad.utf8)) }
        #expect(refusal?.sequence == 9)
        #expect(refusal?.reason.contains(mentions) == true, "\(refusal?.reason ?? "none")")
    }

    @Test(
        "A line that is no object, or has no usable number, is refused",
        arguments: ["", "[]", "{}", "{\"seq\":0}", "{\"seq\":", "\u{0}"])
    func noRecord(line: String) {
        let refusal = #expect(throws: Record.Refusal.self) { try Record(line: Array(line.utf8)) }
        #expect(refusal?.sequence == nil)
    }

    @Test("A line of a megabyte is refused unread")
    func tooLong() {
        let line = "{\"seq\":1,\"path\":\"" + String(repeating: "x", count: 1 << 20) + "\"}"
        #expect(throws: Record.Refusal.self) { try Record(line: Array(line.utf8)) }
    }

    @Test("The longest path, wholly escaped, still fits in a line")
    func longestFits() throws {
        let path = try RelativePath(String(repeating: "\"\"\"\"\"\"\"/", count: 374) + "\"\"\"\"\"\"")
        let record = Record(
            sequence: Record.highestSequence,
            info: {
                var i = Sample.reduced("x", 1); i.path = path; return i
            }())
        #expect(record.line.count <= Record.longestLine)
        #expect(try Record(line: record.line) == record)
    }

    @Test("A main's attributes stand at the end of its line, and read back")
    func attributes() throws {
        var info = Sample.main("a.jpg", 1)
        info.attributes = FileAttributes(seconds: -1, nanoseconds: 999_999_999, mode: 0o600)
        var line = String(decoding: Record(sequence: 1, info: info).line, as: UTF8.self)
        #expect(line.hasSuffix(",\"attributes\":{\"seconds\":-1,\"nanoseconds\":999999999,\"mode\":384}}"))
        #expect(try Record(line: Array(line.utf8)).info == info)
        info.attributes = FileAttributes(
            seconds: 0, nanoseconds: 0, mode: 0o777,
            extended: [.init(name: "user.z\"é", value: [0, 0xFF]), .init(name: "user.a", value: [])], changes: 3)
        line = String(decoding: Record(sequence: 1, info: info).line, as: UTF8.self)
        let extended = "\"extended\":{\"user.a\":\"\",\"user.z\\\"é\":\"AP8=\"}}}"
        #expect(line.hasSuffix("\"mode\":438,\"changes\":3,\(extended)"))
        #expect(try Record(line: Array(line.utf8)).info == info)
        #expect(info.attributes.map { FileAttributes(bytes: $0.bytes) } == info.attributes)
    }

    @Test("Attributes of any time travel, and none that let a file be run", arguments: [Int64.min, -1, 0, .max])
    func anyAttributes(_ seconds: Int64) throws {
        var info = Sample.main("a.jpg", 1)
        info.attributes = FileAttributes(
            seconds: seconds, nanoseconds: 1, mode: 0o7555, changes: FileAttributes.mostChanges)
        #expect(info.attributes?.mode == 0o644)
        #expect(try Record(line: Record(sequence: 1, info: info).line).info == info)
        #expect(info.attributes.map { FileAttributes(bytes: $0.bytes) } == info.attributes)
        let good = String(decoding: Record(sequence: 9, info: Sample.main("a.jpg", 1)).line, as: UTF8.self)
        let line = good.dropLast() + ",\"attributes\":{\"mode\":0,\"nanoseconds\":2,\"seconds\":\(seconds),\"new\":1}}"
        let read = try Record(line: Array(line.utf8)).info?.attributes
        #expect(read == FileAttributes(seconds: seconds, nanoseconds: 2, mode: 0o600))
    }

    @Test("Attributes out of their range are refused with the record")
    func wrongAttributes() throws {
        let good = String(decoding: Record(sequence: 9, info: Sample.main("a.jpg", 1)).line, as: UTF8.self)
        let begin = "{\"seconds\":1,\"nanoseconds\":2,\"mode\":420"
        let big = String(repeating: "A", count: 5_600)
        let many = (0...FileAttributes.mostExtended).map { "\"user.\($0)\":\"\"" }.joined(separator: ",")
        for wrong in [
            "{\"seconds\":1,\"nanoseconds\":2,\"mode\":512}", "{\"seconds\":1,\"nanoseconds\":-2,\"mode\":420}",
            "{\"seconds\":1,\"nanoseconds\":1000000000,\"mode\":420}", "{\"seconds\":1}",
            "{\"seconds\":9223372036854775808,\"nanoseconds\":0,\"mode\":0}", begin + ",\"changes\":-1}",
            begin + ",\"changes\":2147483649}", begin + ",\"extended\":{\"user.\":\"\"}}",
            begin + ",\"extended\":{\"security.selinux\":\"AA==\"}}", begin + ",\"extended\":{\"user.a\":\"?\"}}",
            begin + ",\"extended\":{\"trusted.a\":\"\"}}", begin + ",\"extended\":{\"system.posix_acl_access\":\"\"}}",
            begin + ",\"extended\":{\"user.a\\n\":\"\"}}", begin + ",\"extended\":{\"user.a\":\"\(big)\"}}",
            begin + ",\"extended\":{\"user.\(String(repeating: "x", count: 251))\":\"\"}}",
            begin + ",\"extended\":{\(many)}}",
        ] {
            let line = String(good.dropLast()) + ",\"attributes\":\(wrong)}"
            let refusal = #expect(throws: Record.Refusal.self) { try Record(line: Array(line.utf8)) }
            #expect(refusal?.sequence == 9, "\(wrong)")
        }
        let right = String(good.dropLast()) + ",\"attributes\":\(begin)}}"
        #expect(try Record(line: Array(right.utf8)).info?.attributes?.mode == 0o644)
    }

    @Test("Of attributes that a person changed, what they left alone stays as it was said")
    func changedAttributes() throws {
        let tags = [FileAttributes.Extended(name: "user.a", value: [1])]
        let said = try #require(
            FileAttributes(seconds: 10, nanoseconds: 123, mode: 0o666, extended: tags, changes: 4))
        // As a file system shows it that knows whole seconds, and no extended attributes.
        let shown = try #require(FileAttributes(seconds: 10, nanoseconds: 0, mode: 0o644))
        #expect(said.changed(from: shown, to: shown) == said)
        let touched = try #require(FileAttributes(seconds: 12, nanoseconds: 0, mode: 0o644))
        #expect(
            said.changed(from: shown, to: touched)
                == FileAttributes(seconds: 12, nanoseconds: 0, mode: 0o666, extended: tags, changes: 4))
        let hidden = try #require(FileAttributes(seconds: 10, nanoseconds: 0, mode: 0o600))
        #expect(said.changed(from: shown, to: hidden).mode == 0o600)
        #expect(said.changed(from: said, to: said.plain) == said.plain)
        #expect(said.latest(of: [shown, said.latest(of: [])]).changes == 6)
        let last = try #require(
            FileAttributes(seconds: 0, nanoseconds: 0, mode: 0, changes: FileAttributes.mostChanges))
        #expect(last.latest(of: [last]) == last)
        #expect(said.within(0o640).mode == 0o640 && hidden.within(0o666).mode == 0o600)
    }

    @Test("Extended attributes for which a long path leaves no room are left out of the line")
    func longPathWithAttributes() throws {
        let extended = [FileAttributes.Extended(name: "user.a", value: [UInt8](repeating: 7, count: 4_000))]
        var info = Sample.main("a.jpg", 1)
        info.attributes = FileAttributes(seconds: 1, nanoseconds: 2, mode: 0o644, extended: extended)
        #expect(try Record(line: Record(sequence: 1, info: info).line).info == info)
        info.path = try RelativePath(String(repeating: String(repeating: "x", count: 200) + "/", count: 14) + "a.jpg")
        let line = Record(sequence: 1, info: info).line
        #expect(line.count <= Record.longestLine)
        info.attributes = info.attributes?.plain
        #expect(try Record(line: line).info == info)
    }
}
