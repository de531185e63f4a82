import Control
import Crypto
import Foundation
import HostilePeer
import Imaging
import Model
import PeerProtocol
import TestSupport
import Testing

@Suite("An agent and a peer that lies", .serialized)
struct LyingPeerTests {
    private func withNode(_ body: @escaping @Sendable (TestNode) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("anna", in: folder, configure: { $0.reduceMore() }, body)
        }
    }

    private static func image(of bytes: [UInt8]) -> ImageID {
        guard let id = Bytes32(Array(SHA256.hash(data: bytes))) else { preconditionFailure("a hash has 32 bytes") }
        return ImageID(id)
    }

    @Test("Malformed records are refused one by one, counted and shown; the good ones get in, and both digests agree")
    func malformedRecords() async throws {
        try await withNode { node in
            let photo = try Photo.small(1)
            let image = Self.image(of: photo)
            let good = FileInfo(
                path: Sample.path("good.jpg"), image: image, form: .main, bytes: Int64(photo.count),
                mainBytes: Int64(photo.count), type: .jpeg)
            let line = { (sequence: Int64, path: String) -> [UInt8] in
                let text = String(decoding: Record(sequence: sequence, info: good).line, as: UTF8.self)
                return Array(text.replacing("good.jpg", with: path).utf8)
            }
            let lines = [
                line(1, "../../outside.jpg"), line(2, "/etc/cron.d/x"), line(3, ".mainstay/library"),
                line(4, "good.jpg"),
                line(5, "a\\u0000b.jpg"), Array("{\"seq\":6}".utf8), line(7, String(repeating: "x", count: 1 << 20)),
                line(8, "a/../../b.jpg"),
            ]
            try await LyingPeer.meet(node) {
                $0.lines = lines
                $0.mains = [image: photo]
            } _: {
                let status = try await node.wait("in sync with refusals") { status in
                    status.peers.first.map { $0.inSync && $0.refused == 7 } ?? false
                }
                #expect(status.peers.map(\.images) == [1])
                try await node.settle(images: 1)
                #expect(try node.files == ["good.jpg"])
                #expect(try node.read("good.jpg") == photo)
                let around = try FileManager.default.contentsOfDirectory(atPath: node.folder.path).sorted()
                #expect(around.filter { !["library", "state", "s", "s.lock"].contains($0) } == [])
            }
        }
    }

    @Test("What a desktop would run, what lies deep and what is not what it says is not placed")
    func runnable() async throws {
        try await withNode { node in
            let photo = try Photo.small(1)
            func info(_ path: String, _ bytes: [UInt8], _ type: ImageType = .jpeg) -> FileInfo {
                FileInfo(
                    path: Sample.path(path), image: Self.image(of: bytes), form: .main, bytes: Int64(bytes.count),
                    mainBytes: Int64(bytes.count), type: type)
            }
            let script = Array("#!/bin/sh\nrm -rf ~\n".utf8)
            let infos = [
                info("run.sh", photo), info("evil.desktop", photo), info("page.html", photo),
                info(String(repeating: "d/", count: 1_400) + "x.jpg", photo), info("really.jpg", script),
                info("other.jpg", try Photo.small(3), .png), info("good.jpg", try Photo.small(2)),
            ]
            let mains = try [photo, script, Photo.small(2), Photo.small(3)].reduce(into: [:]) {
                $0[Self.image(of: $1)] = $1
            }
            try await LyingPeer.meet(node) {
                $0.lines = infos.enumerated().map { Record(sequence: Int64($0) + 1, info: $1).line }
                $0.mains = mains
            } _: {
                let status = try await node.wait("the good one, and the rest refused") { status in
                    status.library.mains == 1 && status.work.failed == 2 && status.peers.first?.refused == 4
                }
                #expect(Set(status.problems.map(\.subject)) == ["really.jpg", "other.jpg"])
                #expect(status.problems.allSatisfy { $0.reason.contains("It is said to be a") })
                #expect(try node.files == ["good.jpg"])
            }
        }
    }

    @Test(
        "What is not the reduced copy that was asked for is refused with its reason, and nothing is placed",
        arguments: ["text", "empty", "plain photo", "another image's", "cut short"])
    func wrongReducedCopy(kind: String) async throws {
        try await withNode { node in
            let info = Sample.main("x.jpg", 1)
            let photo = try Photo.large(1)
            let reducer = Reducer()
            let other = try reducer.reduce(main: photo.span, image: Sample.image(2), edge: 1024, quality: 85)
            let own = try reducer.reduce(main: photo.span, image: Sample.image(1), edge: 1024, quality: 85)
            try await LyingPeer.meet(node) {
                $0.lines = [Record(sequence: 1, info: info).line]
                $0.reduced = { _, _ in
                    switch kind {
                    case "text": Array("this is no picture".utf8)
                    case "empty": []
                    case "plain photo": photo
                    case "another image's": other
                    default: Array(own.prefix(own.count / 2))
                    }
                }
            } _: {
                let status = try await node.wait("the refusal") {
                    $0.work.failed == 1 && !$0.problems.isEmpty && $0.library.missing == 1
                }
                #expect(status.problems.map(\.subject) == ["x.jpg"])
                #expect(status.problems.first?.reason.isEmpty == false)
                #expect(try node.files == [])
            }
        }
    }

    @Test("A reduced copy larger than its main gives way to the main itself, whose hash is compared")
    func largerThanMain() async throws {
        try await withNode { node in
            let photo = try Photo.large(1)
            let info = FileInfo(
                path: Sample.path("x.jpg"), image: Self.image(of: photo), form: .main, bytes: Int64(photo.count),
                mainBytes: Int64(photo.count), type: .jpeg, size: PixelSize(width: 2400, height: 1600))
            try await LyingPeer.meet(node) {
                $0.lines = [Record(sequence: 1, info: info).line]
                $0.reduced = { _, _ in [UInt8](repeating: 0xFF, count: photo.count + 1) }
                $0.mains = [info.image: photo]
            } _: {
                try await node.settle(images: 1)
                #expect(try node.read("x.jpg") == photo)
            }
        }
    }

    @Test("A main with other bytes than its id says never comes under its name")
    func wrongMain() async throws {
        try await withNode { node in
            let photo = try Photo.small(1)
            var wrong = photo
            wrong[wrong.count / 2] ^= 1
            let info = FileInfo(
                path: Sample.path("x.jpg"), image: Self.image(of: photo), form: .main, bytes: Int64(photo.count),
                mainBytes: Int64(photo.count), type: .jpeg)
            let sent = wrong
            try await LyingPeer.meet(node) {
                $0.lines = [Record(sequence: 1, info: info).line]
                $0.mains = [info.image: sent]
            } _: {
                let status = try await node.wait("the refusal") { $0.work.failed == 1 && !$0.problems.isEmpty }
                #expect(status.problems.first?.reason.contains("not its own") == true)
                #expect(try node.files == [])
            }
        }
    }

    @Test("Of small mains that come together, one with other bytes and one that is not there keep no other back")
    func wrongAmongMany() async throws {
        try await withNode { node in
            let photos = try (1...12).map { try Photo.small($0) }
            let infos = photos.enumerated().map { index, photo in
                FileInfo(
                    path: Sample.path("\(index).jpg"), image: Self.image(of: photo), form: .main,
                    bytes: Int64(photo.count), mainBytes: Int64(photo.count), type: .jpeg)
            }
            var sent = Dictionary(uniqueKeysWithValues: zip(infos.map(\.image), photos))
            sent[infos[3].image]?[photos[3].count / 2] ^= 1
            sent[infos[7].image] = nil
            let mains = sent
            try await LyingPeer.meet(node) {
                $0.lines = infos.enumerated().map { Record(sequence: Int64($0) + 1, info: $1).line }
                $0.mains = mains
            } _: {
                let status = try await node.wait("what is wrong") { $0.work.failed == 2 && $0.library.mains == 10 }
                #expect(Set(status.problems.map(\.subject)) == ["3.jpg", "7.jpg"])
                #expect(try node.files.count == 10)
                for index in 0..<12 where index != 3 && index != 7 {
                    #expect(try node.read("\(index).jpg") == photos[index])
                }
            }
        }
    }

    @Test(
        "What it calls the edit of a photo that it never had stands beside that, and a person is asked",
        arguments: [false, true])
    func foreignEdit(accepts: Bool) async throws {
        try await withNode { node in
            let (photo, other) = (try Photo.small(1), try Photo.small(2))
            try node.put(photo, "x.jpg")
            try await node.wait("the photo") { $0.library.mains == 1 }
            let edit = FileInfo(
                path: Sample.path("x.jpg"), image: Self.image(of: other), form: .main, bytes: Int64(other.count),
                mainBytes: Int64(other.count), type: .jpeg, replaces: [Self.image(of: photo)], edition: 7)
            try await LyingPeer.meet(node, as: .member) {
                $0.lines = [Record(sequence: 1, info: edit).line]
                $0.mains = [edit.image: other]
            } _: {
                try await node.wait("the question") { status in
                    status.library.mains == 2 && status.problems.contains { $0.subject == "review" }
                }
                #expect(try node.files == ["x (liar).jpg", "x.jpg"])
                #expect(try node.read("x.jpg") == photo)
                let lines = try await node.control.review()
                #expect(lines.map(\.kind) == [.claimed])
                #expect(lines.map(\.paths) == [[Sample.path("x.jpg")]])
                _ = try await node.control.answer(ReviewAnswer(peer: "liar", kind: .claimed, accepts: accepts))
                let files = accepts ? ["x.jpg"] : ["x (liar).jpg", "x.jpg"]
                let status = try await node.wait("no question") { status in
                    !status.problems.contains { $0.subject == "review" } && (try? node.files) == files
                }
                #expect((status.library.versionsBytes > 0) == accepts)
                #expect(try node.read("x.jpg") == (accepts ? other : photo))
            }
        }
    }

    @Test("A peer that claims a billion records, or counts that do not add up, costs nothing but a note")
    func billion() async throws {
        try await withNode { node in
            let info = Sample.main("x.jpg", 1)
            try await LyingPeer.meet(node) {
                $0.lines = [Record(sequence: 1, info: info).line]
                $0.claimed = (Digest(sum: 12345, count: 1_000_000_000), Record.highestSequence)
            } _: {
                let status = try await node.wait("a note about the peer") { $0.peers.first?.problem != nil }
                #expect(status.peers.first?.inSync == false)
                try node.put(try Photo.small(7), "mine.jpg")
                try await node.wait("its own work goes on") { $0.library.mains == 1 }
            }
        }
    }
}
