import Control
import Foundation
import Logging
import Model
import ServiceLifecycle
import TestSupport
import Testing

@Suite("Requests reach the node and its answers come back", .timeLimit(.minutes(2)))
struct ControlRequestTests {
    @Test("each request is one call, and each answer is the node's")
    func everyRequest() async throws {
        let scratch = try CommandScratch()
        let node = FakeNode()
        try await CommandServed.serve(node, at: scratch("s")) { client async throws in
            #expect(try await client.status() == CommandSamples.status)
            var images = [ImageLine]()
            for try await image in client.images(under: "", form: nil) { images.append(image) }
            #expect(images == CommandSamples.images)
            #expect(try await client.why(CommandSamples.images[2].path).path == CommandSamples.images[2].path)
            #expect(try await client.nearby() == CommandSamples.nearby)
            #expect(try await client.peers() == CommandSamples.status.peers)
            #expect(try await client.unpair("laptop").id == CommandSamples.peer)
            #expect(try await client.invite().expires == CommandSamples.now + 600)
            #expect(try await client.join("mainstay://h:1/ID#x&y=z+ü").name == "laptop")
            var scan = [ScanMessage]()
            for try await message in client.scan(acceptRemovals: true) { scan.append(message) }
            #expect(scan.count == 2)
            #expect(
                try await client.restore([CommandSamples.path("2026/05/IMG_0001.JPG")]).map(\.outcome) == [.restored])
            #expect(try await client.doctor().map(\.state) == [.ok, .warning])
            #expect(try await client.settings() == CommandSamples.settings)
            #expect(try await client.reloadSettings() == CommandSamples.settings)
        }
        #expect(
            node.calls == [
                "status", "images '' any", "why 写真/2026年の夏休み 🏖️.HEIC", "nearby", "peers", "unpair laptop", "invite",
                "join mainstay://h:1/ID#x&y=z+ü", "scan true", "restore 2026/05/IMG_0001.JPG", "doctor",
                "settings", "reload settings",
            ])
    }

    @Test("the file name of a reduced copy stands for its main")
    func reducedNames() async throws {
        let scratch = try CommandScratch()
        let node = FakeNode()
        let reduced = CommandSamples.path("2026/05/IMG_0002.JPG").reduced
        let missing = CommandSamples.path("no.jpg").reduced
        try await CommandServed.serve(node, at: scratch("s")) { client async throws in
            #expect(try await client.why(reduced).path == reduced.mainOfReduced)
            var images = [ImageLine]()
            for try await image in client.images(under: reduced.description, form: nil) { images.append(image) }
            #expect(images.map(\.path) == [reduced.mainOfReduced])
            let lines = try await client.restore([CommandSamples.images[0].path, reduced, missing])
            #expect(lines.map(\.outcome) == [.restored, .restored, .unknown])
            let failure = await #expect(throws: ControlFailure.self) { try await client.why(missing) }
            #expect(failure?.code == .notFound)
        }
        #expect(node.calls.prefix(2) == ["why \(reduced)", "why 2026/05/IMG_0002.JPG"])
    }

    @Test(
        "a failure keeps its code and its sentence",
        arguments: [ControlFailure.Code.usage, .failed, .tryAgain, .notAllowed, .notFound])
    func failures(code: ControlFailure.Code) async throws {
        let scratch = try CommandScratch()
        let expected = ControlFailure(code, "Because “so”.")
        try await CommandServed.serve(FakeNode(failure: expected), at: scratch("s")) { client async throws in
            await #expect(throws: expected) { try await client.status() }
            await #expect(throws: expected) { try await client.nearby() }
            await #expect(throws: expected) { for try await _ in client.images(under: "", form: nil) {} }
            await #expect(throws: expected) { for try await _ in client.scan(acceptRemovals: false) {} }
            await #expect(throws: expected) { for try await _ in client.fetch([CommandSamples.path("a.jpg")]) {} }
            await #expect(throws: expected) { for try await _ in client.free(bytes: 1, dryRun: true) {} }
            await #expect(throws: expected) { try await client.trash() }
            await #expect(throws: expected) { try await client.emptyTrash([]) }
        }
    }

    @Test("a piece of work on images is one call, and its messages are the node's, in order")
    func work() async throws {
        let scratch = try CommandScratch()
        let node = FakeNode()
        let (image, folder) = (CommandSamples.path("2026/05/IMG_0001.JPG"), CommandSamples.path("2026"))
        try await CommandServed.serve(node, at: scratch("s")) { client async throws in
            #expect(try await Self.outcomes(client.fetch([image, folder])) == [.here, .here, .fetched])
            #expect(try await Self.outcomes(client.fetch([])) == [.here, .fetched, .fetched])
            let request = EvictRequest(paths: [folder], olderThanDays: 90, dryRun: true)
            #expect(try await Self.outcomes(client.evict(request)) == [.wouldEvict, .here])
            #expect(
                try await Self.outcomes(client.free(bytes: 5_000_000_000, dryRun: false)) == [.evicted, .here, .here])
            #expect(try await Self.outcomes(client.delete(DeleteRequest(paths: [image]))) == [.deleted])
            #expect(try await Self.outcomes(client.verify(VerifyRequest(all: true))) == [.verified, .here, .here])
            #expect(try await client.trash() == CommandSamples.trash)
            #expect(try await client.emptyTrash([]).images == 3)
            #expect(try await client.emptyTrash([folder]) == EmptiedTrash(images: 1, bytes: 8_400_000))
        }
        #expect(
            node.calls == [
                "fetch 2026/05/IMG_0001.JPG 2026", "fetch -", "evict 2026 older 90 dry", "free 5000000000",
                "delete 2026/05/IMG_0001.JPG", "verify - all", "trash", "emptyTrash -", "emptyTrash 2026",
            ])
    }

    /// What became of the images, where progress came before them and the summary after.
    private static func outcomes(
        _ messages: AsyncThrowingStream<WorkMessage, any Error>
    ) async throws -> [ImageOutcome.Outcome] {
        var outcomes: [ImageOutcome.Outcome] = []
        var kinds: [String] = []
        for try await message in messages {
            switch message {
            case .progress: kinds.append("progress")
            case .image(let image): outcomes.append(image.outcome)
            case .done: kinds.append("done \(outcomes.count)")
            }
        }
        #expect(kinds == ["progress", "done \(outcomes.count)"])
        return outcomes
    }

    @Test("in work on images, too, the file name of a reduced copy stands for its main, and no other name for another")
    func reducedNamesInWork() async throws {
        let scratch = try CommandScratch()
        // A main may have such a name of its own.
        let odd = CommandSamples.path("odd.reduced.jpg")
        let own = ImageLine(
            path: odd, image: CommandSamples.image(13), form: .main, bytes: 1, mainBytes: 1, size: nil, captured: nil,
            holders: [])
        let node = FakeNode(images: CommandSamples.images + [own])
        let main = CommandSamples.path("2026/05/IMG_0002.JPG")
        let trashed = CommandSamples.path("2026/05/IMG_0007.JPG")
        try await CommandServed.serve(node, at: scratch("s")) { client async throws in
            for try await _ in client.fetch([main.reduced, odd]) {}
            for try await _ in client.evict(EvictRequest(paths: [main.reduced])) {}
            for try await _ in client.delete(DeleteRequest(paths: [main.reduced])) {}
            for try await _ in client.verify(VerifyRequest(paths: [main.reduced])) {}
            #expect(try await client.emptyTrash([trashed.reduced]).images == 1)
        }
        #expect(
            node.calls.filter { !$0.hasPrefix("why") && $0 != "trash" } == [
                "fetch \(main) \(odd)", "evict \(main)", "delete \(main)", "verify \(main)", "emptyTrash \(trashed)",
            ])
    }

    @Test(
        "a reader of work that goes away ends it, and nothing else",
        arguments: ["fetch", "evict", "free", "delete", "verify"])
    func workReaderGone(what: String) async throws {
        let scratch = try CommandScratch()
        let progress = WorkMessage.progress(ActivityProgress(phase: .fetching, done: 1))
        let node = FakeNode(script: .init([progress], isEndless: true))
        let paths = [CommandSamples.path("2026")]
        try await CommandServed.serve(node, at: scratch("s")) { client async throws in
            #expect(try await Self.first(of: what, paths, client) == progress)
            var ended = node.endedStreams.makeAsyncIterator()
            #expect(await ended.next() == what)
            #expect(try await client.status() == CommandSamples.status)
        }
    }

    /// The first message, of a stream that is given up after it.
    private static func first(of what: String, _ paths: [RelativePath], _ client: ControlClient) async throws
        -> WorkMessage?
    {
        let messages =
            switch what {
            case "fetch": client.fetch(paths)
            case "evict": client.evict(EvictRequest(paths: paths))
            case "free": client.free(bytes: 1, dryRun: false)
            case "delete": client.delete(DeleteRequest(paths: paths))
            default: client.verify(VerifyRequest())
            }
        for try await message in messages { return message }
        return nil
    }

    @Test("a pairing shows digits, takes the answer and ends")
    func pairing() async throws {
        let scratch = try CommandScratch()
        let node = FakeNode()
        try await CommandServed.serve(node, at: scratch("s")) { client async throws in
            var kinds = [String]()
            for try await message in client.pair(with: "laptop & co") {
                switch message {
                case .waiting: kinds.append("waiting")
                case .digits(let attempt, let digits, _, _):
                    kinds.append(digits)
                    try await client.confirmPairing(attempt: attempt, yes: true)
                case .paired(let peer): kinds.append(peer.name)
                case .failed: kinds.append("failed")
                }
            }
            #expect(kinds == ["waiting", "012345", "laptop"])
        }
        #expect(Set(node.calls) == ["pair laptop & co", "confirm a1 true"])
    }

    @Test("a reader that goes away ends what it asked for", arguments: ["status", "pair"])
    func readerGone(what: String) async throws {
        let scratch = try CommandScratch()
        let node = FakeNode()
        try await CommandServed.serve(node, at: scratch("s")) { client async throws in
            if what == "status" {
                for try await _ in client.statusChanges() { break }
            } else {
                for try await message in client.pair(with: nil) { if case .digits = message { break } }
            }
            var ended = node.endedStreams.makeAsyncIterator()
            #expect(await ended.next() == what)
        }
    }

    @Test("a follower sees each change, and is told when the agent stops")
    func follow() async throws {
        let scratch = try CommandScratch()
        let node = FakeNode()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (serving, continuation) = AsyncStream.makeStream(of: Void.self)
        let server = ControlServer(socketPath: scratch("s"), node: node, logger: logger) { continuation.finish() }
        let group = ServiceGroup(services: [server], logger: logger)
        async let running: Void = group.run()
        for await _ in serving {}
        var seen = [Int]()
        let failure = await #expect(throws: ControlFailure.self) {
            for try await report in ControlClient(socketPath: scratch("s")).statusChanges() {
                seen.append(report.work.pending)
                var next = report
                next.work.pending -= 21
                if next.work.pending >= 0 { node.publish(next) } else { await group.triggerGracefulShutdown() }
            }
        }
        #expect(seen == [42, 21, 0])
        #expect(failure?.code == .tryAgain)
        try await running
    }

    @Test("a follower with a time ends by itself")
    func followForAWhile() async throws {
        let scratch = try CommandScratch()
        try await CommandServed.serve(FakeNode(), at: scratch("s")) { client async throws in
            var count = 0
            for try await _ in client.statusChanges(for: 1) { count += 1 }
            #expect(count <= 1)
        }
    }

    @Test(
        "what is malformed is refused with a sentence and a status",
        arguments: [
            ("GET", "/v1/nothing", "", "400"), ("GET", "/", "", "400"), ("PUT", "/v1/status", "", "400"),
            ("GET", "/v1/why", "", "400"), ("GET", "/v1/why?path=../x", "", "400"),
            ("GET", "/v1/why?path=%00", "", "400"),
            ("GET", "/v1/why?path=nowhere.jpg", "", "404"), ("GET", "/v1/images?form=huge", "", "400"),
            ("GET", "/v1/status?follow=perhaps", "", "400"), ("POST", "/v1/join", "", "400"),
            ("POST", "/v1/join", "{", "400"),
            ("POST", "/v1/join", "{\"invite\":7}", "400"), ("POST", "/v1/restore", "{\"paths\":[\"../x\"]}", "400"),
            ("POST", "/v1/fetch", "", "400"), ("POST", "/v1/fetch", "{\"paths\":[\"/etc/passwd\"]}", "400"),
            ("POST", "/v1/delete", "{\"paths\":[]}", "400"), ("POST", "/v1/delete", "{}", "400"),
            ("POST", "/v1/delete", "{\"paths\":[\"\"]}", "400"), ("GET", "/v1/delete", "", "400"),
            ("POST", "/v1/evict", "{\"paths\":[]}", "400"),
            ("POST", "/v1/evict", "{\"paths\":[],\"olderThanDays\":-1,\"dryRun\":true}", "400"),
            ("POST", "/v1/free", "{\"bytes\":0,\"dryRun\":true}", "400"),
            ("POST", "/v1/free", "{\"bytes\":\"1GB\",\"dryRun\":true}", "400"),
            ("POST", "/v1/verify", "{\"paths\":[]}", "400"), ("POST", "/v1/trash/empty", "", "400"),
            ("POST", "/v1/pairing/confirmation", "{\"attempt\":\"a\"}", "400"), ("DELETE", "/v1/peers", "", "400"),
        ])
    func malformed(method: String, path: String, body: String, status: String) async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try await CommandServed.serve(FakeNode(), at: socket) { client async throws in
            let answer = try await CommandProgram(path: "/usr/bin/curl").run([
                "-s", "--path-as-is", "--unix-socket", socket, "-X", method, "-d", body, "-w", "\n%{http_code}",
                "http://agent\(path)",
            ])
            let lines = answer.output.split(separator: "\n")
            #expect(lines.last.map(String.init) == status)
            #expect(lines.first?.hasPrefix(#"{"failure":{"code":"#) == true)
            #expect(try await client.status() == CommandSamples.status)
        }
    }

    @Test("curl shows status as indented JSON and lists as a line each")
    func curl() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try await CommandServed.serve(FakeNode(), at: socket) { _ in
            let curl = CommandProgram(path: "/usr/bin/curl")
            let status = try await curl.run(["-s", "--unix-socket", socket, "http://agent/v1/status"]).output
            #expect(status.hasPrefix("{\n  \"library\" : {\n"))
            #expect(status.hasSuffix("}\n"))
            let images = try await curl.run(["-s", "--unix-socket", socket, "http://agent/v1/images?form=reduced"])
                .output
            #expect(images.split(separator: "\n").count == 1)
            #expect(images.hasSuffix("\n"))
        }
    }

    @Test("a body that is too large is refused and the agent goes on")
    func largeBody() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try Data(repeating: UInt8(ascii: " "), count: 5 << 20).write(to: URL(fileURLWithPath: scratch("big")))
        try await CommandServed.serve(FakeNode(), at: socket) { client async throws in
            let answer = try await CommandProgram(path: "/usr/bin/curl").run([
                "-s", "--unix-socket", socket, "--data-binary", "@\(scratch("big"))", "http://agent/v1/restore",
            ])
            #expect(answer.output.contains("larger than"))
            #expect(try await client.status() == CommandSamples.status)
        }
    }
}
