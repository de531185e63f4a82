import Identity
import Model
import NIOHTTP1
import Planning
import Synchronization
import TestSupport
import Testing

import struct Crypto.SHA256

@testable import PeerProtocol

/// The protocol's page of real bytes, held against the code.
@Suite("The protocol's worked example", .timeLimit(.minutes(5)))
struct WorkedExampleTests {
    /// A request on the page, and its answer.
    private struct Exchange: Sendable {
        var method: HTTPMethod
        var path: String
        var body: String
        var answer: String
    }

    private let page: DoccPage

    init() throws {
        page = try DoccPage("PeerProtocol/PeerProtocol.docc/Example.md")
    }

    @Test("The image is the main's hash, and a recipe has its name however it is written")
    func names() throws {
        let image = ImageID(of: try self.main())
        #expect(page.prose.contains("Its image is `\(image)`."))
        let json = try block("{\"recipe\":1,")
        let recipe = try Recipe(json: Array(json.utf8))
        #expect(recipe.image == image)
        #expect(String(decoding: recipe.json, as: UTF8.self) == json)
        #expect(page.prose.contains("of \(json.utf8.count) bytes:"))
        #expect(page.prose.contains("Its name is `\(recipe.id)`."))
        let person = try block("{ ")
        let written = try Recipe(json: Array(person.utf8))
        #expect(written.json == recipe.json)
        #expect(written.id == recipe.id)
    }

    @Test("Each line is as this version writes it, and has its fingerprint; the digest is their sum")
    func records() throws {
        let lines = try list()
        for (sequence, line) in lines {
            let record = try Record(line: Array(line.utf8))
            #expect(record.sequence == sequence)
            #expect(String(decoding: record.line, as: UTF8.self) == line)
            #expect(page.lines.contains("| \(sequence) | `\(Self.fingerprint(of: line))` |"))
        }
        #expect(page.prose.contains("Their digest is `\(Self.digest(of: lines))`."))
        let old = try block("{\"seq\":16,")
        #expect(page.prose.contains("Its fingerprint is `\(Self.fingerprint(of: old))`."))
        let main = try self.main()
        let json = try block("{\"recipe\":1,")
        let recipe = try Recipe(json: Array(json.utf8))
        let file = try Record(line: Array(lines[2, default: ""].utf8))
        #expect(file.info?.image == ImageID(of: main))
        #expect(file.info?.bytes == Int64(main.count))
        let edit = try Record(line: Array(lines[21, default: ""].utf8))
        guard case .edit(let word) = edit.content else {
            Issue.record("record 21 is no edit")
            return
        }
        #expect(word.recipe == recipe)
        let node = try Self.node()
        #expect(word.by == node)
        #expect(page.prose.contains("the bytes 00 to 1f, `\(node)`,"))
    }

    @Test("The summary has the list's digest and its highest number")
    func summary() throws {
        let text = try exchange("/v1/node").answer
        let wire = try Wire.decode(Wire.Node.self, from: Array(text.utf8))
        let summary = try #require(NodeSummary(wire))
        let again = Wire.encode(summary.wire(together: summary.mainsTogether))
        #expect(String(decoding: again, as: UTF8.self) == text)
        let lines = try list()
        #expect(summary.digest == Self.digest(of: lines))
        #expect(summary.last == lines.keys.max())
        let node = try Self.node()
        #expect(summary.id == node)
    }

    @Test("A mirror that lost a record and kept an old one asks what is on the page, and then has the list")
    func descent() throws {
        let lines = try list()
        let old = try block("{\"seq\":16,")
        var mirror = lines.filter { $0.key == 2 || $0.key == 33 }
        mirror[16] = old
        #expect(page.prose.contains("The digest of the mirror is `\(Self.digest(of: mirror))`."))
        var asked = ["/v1/node"]
        func part(_ range: SequenceRange) -> [Record.Sequence: String] {
            asked.append("/v1/file-info?from=\(range.from)&to=\(range.to)&limit=1024")
            return lines.filter { range.contains($0.key) }
        }
        // What is new stands at the end.
        let tail = part(SequenceRange(from: 34, to: 41))
        mirror.merge(tail) { $1 }
        #expect(page.prose.contains("The mirror's digest is `\(Self.digest(of: mirror))` now:"))
        var descent = MirrorDescent(last: 40, count: lines.count)
        var dropped: [SequenceRange] = []
        var fetched: [(range: SequenceRange, records: [Record.Sequence: String])] = []
        while let step = try descent.next() {
            switch step {
            case .compare(let range):
                asked.append("/v1/file-info/digest?from=\(range.from)&to=\(range.to)&parts=\(MirrorDescent.parts)")
                let parts = range.split(into: MirrorDescent.parts)
                let theirs = parts.map { Self.digest(of: lines, in: $0) }
                let mine = parts.map { Self.digest(of: mirror, in: $0) }
                for (their, own) in zip(theirs, mine) where their != own {
                    #expect(page.prose.contains("`\(own)` in the "))
                }
                let isTaken = try descent.compared(range, theirs: theirs, mine: mine)
                #expect(isTaken)
            case .fetch(let range):
                let records = part(range)
                fetched.append((range: range, records: records))
            case .drop(let range): dropped.append(range)
            }
        }
        #expect(dropped == [SequenceRange(from: 15, to: 18)])
        #expect(fetched.map { $0.range } == [SequenceRange(from: 21, to: 24)])
        // A record that is gone from there may have a higher number by now.
        let above = part(SequenceRange(from: 41, to: SequenceRange.all.to))
        #expect(above.isEmpty)
        for range in dropped + fetched.map({ $0.range }) { mirror = mirror.filter { !range.contains($0.key) } }
        for (_, records) in fetched { mirror.merge(records) { $1 } }
        #expect(mirror == lines)
        #expect(page.prose.contains("The mirror's digest is `\(Self.digest(of: mirror))`: the descent is over."))
        let shown = exchanges.filter { $0.method == .GET }.map(\.path)
        #expect(shown == asked)
    }

    @Test("A node with that list, and that main, answers with the bytes on the page")
    func answers() async throws {
        let lines = try list()
        let records = try lines.sorted { $0.key < $1.key }.map { try Record(line: Array($0.value.utf8)) }
        let main = try self.main()
        // The stub has a name of its own.
        let exchanges = self.exchanges.filter { $0.path != "/v1/node" }
        #expect(exchanges.count == 6)
        let identity = try NodeIdentity.make()
        try await withServer { server in
            server.answers.trust(identity.id)
            server.answers.content.withLock { content in
                content.records = records
                content.mains[ImageID(of: main)] = main
            }
            try await withPlainClient(to: server, as: identity) { send in
                for exchange in exchanges {
                    let answer = try await send(exchange.method, exchange.path, [:], exchange.body)
                    #expect(answer.status == 200)
                    #expect(answer.body == exchange.answer, "\(exchange.method) \(exchange.path)")
                }
            }
        }
    }

    @Test("The hold's proof is the hash of the nonce and the main")
    func hold() throws {
        let asked = try #require(exchanges.first { $0.method == .POST })
        let question = try Wire.decode(Wire.Hold.self, from: Array(asked.body.utf8))
        let request = try #require(HoldRequest(question))
        #expect(String(decoding: Wire.encode(request.wire), as: UTF8.self) == asked.body)
        let main = try self.main()
        #expect(request.image == ImageID(of: main))
        #expect(request.nonce.bytes == [UInt8](0..<32))
        let answer = try Wire.decode(Wire.Grant.self, from: Array(asked.answer.utf8))
        let grant = try #require(HoldGrant(answer))
        #expect(String(decoding: Wire.encode(grant.wire), as: UTF8.self) == asked.answer)
        #expect(grant.proof.bytes == Array(SHA256.hash(data: request.nonce.bytes + main)))
        #expect(page.prose.contains("the SHA-256 of \(32 + main.count) bytes,"))
        let released = try #require(exchanges.first { $0.method == .DELETE })
        #expect(released.path == "/v1/holds/\(Hex.encode(request.nonce.bytes))")
    }

    // MARK: - Reading the page

    /// The first block that begins so.
    private func block(_ beginning: String) throws -> String {
        try #require(page.blocks.first { $0.hasPrefix(beginning) }, "no block begins with \(beginning)")
    }

    private func main() throws -> [UInt8] {
        let digits = try block("ffd8ff").filter { $0 != "\n" }
        return try #require(Hex.decode(digits))
    }

    /// The lines of the list by their numbers.
    private func list() throws -> [Record.Sequence: String] {
        let lines = try block("{\"seq\":2,").split(separator: "\n").map(String.init)
        return try lines.reduce(into: [:]) { list, line in
            let sequence = try #require(LineSplitter.sequence(of: line.utf8))
            list[sequence] = line
        }
    }

    private var exchanges: [Exchange] {
        page.blocks.compactMap { block in
            let halves = block.split(separator: "\n\n", maxSplits: 1)
            let request = halves.first?.split(separator: "\n", maxSplits: 1) ?? []
            let words = request.first?.split(separator: " ") ?? []
            guard words.count == 2, ["GET", "POST", "DELETE"].contains(words[0]) else { return nil }
            var answer = halves.count == 2 ? String(halves[1]) : ""
            // In a body each record's line has a line feed.
            if words[1].hasPrefix("/v1/file-info?"), !answer.isEmpty { answer += "\n" }
            return Exchange(
                method: HTTPMethod(rawValue: String(words[0])), path: String(words[1]),
                body: request.count == 2 ? String(request[1]) : "", answer: answer)
        }
    }

    private func exchange(_ path: String) throws -> Exchange {
        try #require(exchanges.first { $0.path == path })
    }

    /// The node of the page.
    private static func node() throws -> NodeID { NodeID(try #require(Bytes32([UInt8](0..<32)))) }

    private static func fingerprint(of line: String) -> String {
        String(Digest(sum: Fingerprint(line: line.utf8).value, count: 1).description.prefix(32))
    }

    private static func digest(of lines: [Record.Sequence: String], in range: SequenceRange = .all) -> Digest {
        lines.filter { range.contains($0.key) }.values.reduce(into: .empty) { $0.add(Fingerprint(line: $1.utf8)) }
    }
}
