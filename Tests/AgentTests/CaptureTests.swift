import Agent
import Control
import Foundation
import Imaging
import Model
import TestSupport
import Testing

@Suite("When, where and with what a picture was taken", .serialized)
struct CaptureTests {
    /// EXIF of 2024-05-01 14:03 +02:00, with a camera and a place.
    private static let exif: [UInt8] = {
        func big(_ number: Int, _ size: Int) -> [UInt8] {
            (0..<size).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
        func field(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
            big(tag, 2) + big(type, 2) + big(count, 4) + value
        }
        func directory(_ fields: [[UInt8]]) -> [UInt8] { big(fields.count, 2) + fields.joined() + big(0, 4) }
        // What does not fit into a field lies behind the directories, from 200 on.
        let values =
            Array("iPhone 12\0".utf8) + Array("2024:05:01 14:03:00\0".utf8) + Array("+02:00\0\0".utf8)
            + [48, 1, 8, 1, 1_332, 100, 11, 1, 34, 1, 30, 1].flatMap { big($0, 4) }
        let head: [UInt8] = [0x4D, 0x4D, 0, 42] + big(8, 4)
        let main = directory([
            field(0x010F, 2, 4, Array("ACM\0".utf8)), field(0x0110, 2, 10, big(200, 4)),
            field(0x8769, 4, 1, big(62, 4)), field(0x8825, 4, 1, big(92, 4)),
        ])
        let inner = directory([field(0x9003, 2, 20, big(210, 4)), field(0x9011, 2, 7, big(230, 4))])
        let place = directory([
            field(1, 2, 2, Array("N\0\0\0".utf8)), field(2, 5, 3, big(238, 4)), field(3, 2, 2, Array("E\0\0\0".utf8)),
            field(4, 5, 3, big(262, 4)),
        ])
        let all = head + main + inner + place
        return all + [UInt8](repeating: 0, count: 200 - all.count) + values
    }()

    private static func photo(_ seed: Int) throws -> [UInt8] {
        let payload = Array("Exif\0\0".utf8) + exif
        let length = payload.count + 2
        // The first EXIF of several counts.
        return [0xFF, 0xD8, 0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + payload
            + (try Photo.large(seed).dropFirst(2))
    }

    @Test("is said by why, where the main is and where its reduced copy is, and stands in no list")
    func why() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }) { a in
                try await TestNode.run("ben", in: folder, configure: { $0.reduceMore() }) { b in
                    try await b.join(a)
                    try a.put(try Self.photo(1), "a.jpg")
                    try a.put(try Photo.small(2), "plain.jpg")
                    try await a.settle(images: 2)
                    try await b.settle(images: 2)
                    #expect(try b.files.contains("a.jpg.reduced.jpg"))
                    for node in [a, b] {
                        let report = try await node.control.why(Sample.path("a.jpg"))
                        #expect(report.captured == CameraTime(1_714_572_180), "\(node.name)")
                        #expect(report.zone == ClockZone(minutes: 120), "\(node.name)")
                        #expect(report.camera == "ACM iPhone 12", "\(node.name)")
                        #expect(report.place == Place(latitude: 48.137033, longitude: 11.575), "\(node.name)")
                        let plain = try await node.control.why(Sample.path("plain.jpg"))
                        #expect(plain.zone == nil && plain.place == nil, "\(node.name)")
                    }
                    // Nothing is told where nothing lies.
                    try b.remove("a.jpg.reduced.jpg")
                    let gone = try await b.wait("the file is known to be gone") {
                        try await $0.why(Sample.path("a.jpg"))
                    } until: {
                        $0.here.form == .none
                    }
                    #expect(gone.captured == CameraTime(1_714_572_180))
                    #expect(gone.zone == nil && gone.camera == nil && gone.place == nil)
                }
            }
        }
    }
}
