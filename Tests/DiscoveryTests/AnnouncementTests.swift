import Model
import Testing

@testable import Discovery

@Suite("The TXT record")
struct AnnouncementTests {
    static let id = node(7)
    static let text = id.description

    /// A TXT record of these strings.
    static func record(_ strings: String...) -> [UInt8] {
        strings.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    }

    @Test(
        "of a node of this version is read, whatever stands beside it",
        arguments: [
            record("v=1", "id=\(text)"),
            record("id=\(text)", "v=1"),
            record("V=1", "Id=\(text.lowercased())"),
            record("", "v=1", "flag", "note=a=b", "id=\(text)"),
            record("v=1", "v=2", "id=\(text)", "id=x"),
            record("v=1", "id=\(id.grouped)"),
            record("v=1", "id=\(text)", "\u{0}=\u{1B}[2J"),
        ])
    func reads(_ record: [UInt8]) throws {
        #expect(try Announcement(record: record).id == Self.id)
    }

    @Test(
        "that says anything else is refused with its reason",
        arguments: [
            ([], .noVersion),
            ([0], .noVersion),
            (record("id=\(text)"), .noVersion),
            (record("v", "id=\(text)"), .noVersion),
            (record("v=", "id=\(text)"), .otherVersion),
            (record("v=2", "id=\(text)"), .otherVersion),
            (record("v=1 ", "id=\(text)"), .otherVersion),
            (record("v=1"), .noID),
            (record("v=1", "ID"), .noID),
            (record("v=1", "id="), .badID),
            (record("v=1", "id=\(text.dropLast())"), .badID),
            (record("v=1", "id=\(text)A"), .badID),
            (record("v=1", "id=\(text.dropLast())1"), .badID),
            (record("v=1", "id=\(String(repeating: "7", count: 52))"), .badID),
            (record("v=1", "id=\(text)") + [9], .malformed),
            ([255] + Array("v=1".utf8), .malformed),
            (Array(repeating: record("v=1"), count: 326).flatMap { $0 }, .tooLong),
            ([UInt8](repeating: 0, count: 65_535), .tooLong),
        ] as [([UInt8], Announcement.Refusal)])
    func refuses(_ record: [UInt8], _ refusal: Announcement.Refusal) {
        #expect(throws: refusal) { try Announcement(record: record) }
    }

    @Test("that this node announces is the one it would read")
    func writesWhatItReads() throws {
        let record = Announcement(id: Self.id).record
        #expect(record == Self.record("v=1", "id=\(Self.text)"))
        #expect(try Announcement(record: record).id == Self.id)
    }
}

/// The node whose id is this byte, 32 times.
func node(_ byte: UInt8) -> NodeID {
    guard let bytes = Bytes32([UInt8](repeating: byte, count: 32)) else { preconditionFailure("32 bytes") }
    return NodeID(bytes)
}
