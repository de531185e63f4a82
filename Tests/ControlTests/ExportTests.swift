import Control
import Foundation
import Model
import TestSupport
import Testing

@testable import Control

@Suite("A picture on its way through the control socket", .timeLimit(.minutes(2)))
struct ExportTests {
    private static let path = CommandSamples.path("写真/a b.JPG")

    private static func picture(
        _ chunks: [[UInt8]], bytes: Int64? = nil, isEndless: Bool = false
    ) -> FakeNode.Picture {
        FakeNode.Picture(
            head: Export.Head(
                image: CommandSamples.image(7), path: path, bytes: bytes ?? Int64(chunks.reduce(0) { $0 + $1.count }),
                from: "屋根裏 attic"),
            chunks: chunks, isEndless: isEndless)
    }

    @Test("the head and every byte come through, and nothing is asked for twice")
    func whole() async throws {
        let scratch = try CommandScratch()
        let chunks = (0..<40).map { [UInt8](repeating: UInt8($0), count: 100_000) }
        let picture = Self.picture(chunks)
        let node = FakeNode(picture: picture)
        try await CommandServed.serve(node, at: scratch("s")) { client async throws in
            let export = try await client.export(ExportRequest(path: Self.path, original: true, wait: true))
            #expect(export.head == picture.head)
            var all: [UInt8] = []
            for try await chunk in export.bytes { all += chunk }
            #expect(all == chunks.flatMap { $0 })
        }
        #expect(node.calls == ["export 写真/a b.JPG original wait"])
    }

    @Test("a picture of no bytes, and one that is here")
    func empty() async throws {
        let scratch = try CommandScratch()
        var picture = Self.picture([])
        picture.head.from = nil
        try await CommandServed.serve(FakeNode(picture: picture), at: scratch("s")) { [picture] client async throws in
            let export = try await client.export(ExportRequest(path: Self.path))
            #expect(export.head == picture.head)
            for try await chunk in export.bytes { #expect(chunk == []) }
        }
    }

    @Test("bytes that end too early, or go on too long, are no picture", arguments: [150_000, 50_000])
    func wrongLength(bytes: Int64) async throws {
        let scratch = try CommandScratch()
        let node = FakeNode(picture: Self.picture([[UInt8](repeating: 1, count: 100_000)], bytes: bytes))
        try await CommandServed.serve(node, at: scratch("s")) { client async throws in
            let export = try await client.export(ExportRequest(path: Self.path))
            let failure = await #expect(throws: ControlFailure.self) { for try await _ in export.bytes {} }
            #expect(failure?.code == .tryAgain)
            #expect(failure?.message.contains("of \(bytes) bytes") == true)
            #expect(try await client.status() == CommandSamples.status)
        }
    }

    @Test("a reader that goes away ends it")
    func readerGone() async throws {
        let scratch = try CommandScratch()
        let node = FakeNode(picture: Self.picture([[1, 2, 3]], bytes: 1000, isEndless: true))
        try await CommandServed.serve(node, at: scratch("s")) { client async throws in
            try await Self.readOne(client)
            var ended = node.endedStreams.makeAsyncIterator()
            #expect(await ended.next() == "export")
        }
    }

    private static func readOne(_ client: ControlClient) async throws {
        for try await chunk in try await client.export(ExportRequest(path: path)).bytes {
            #expect(chunk == [1, 2, 3])
            break
        }
    }

    @Test("a node that has no picture says why")
    func refused() async throws {
        let scratch = try CommandScratch()
        try await CommandServed.serve(FakeNode(), at: scratch("s")) { client async throws in
            let failure = await #expect(throws: ControlFailure.self) {
                try await client.export(ExportRequest(path: Self.path))
            }
            #expect(failure?.code == .notFound)
        }
    }
}
