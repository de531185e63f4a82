import Hummingbird
import Model
import NIOCore
import ServiceLifecycle

/// Decodes each request, calls the node, and encodes what it answers. Decides nothing.
struct ControlRoutes: Sendable {
    let node: any NodeControl
    let commands = RunningCommands()

    /// A body holds a few thousand paths at most: more than a command line can carry.
    static let largestBody = 4 << 20

    typealias Context = BasicRequestContext

    func responder() -> some HTTPResponder<Context> {
        let router = Router(context: Context.self)
        router.add(middleware: ControlFailureMiddleware())
        router.add(middleware: WholeBodyMiddleware(limit: Self.largestBody))
        router.add(middleware: CommandMiddleware(commands: commands))
        reading(router)
        pairing(router)
        working(router)
        moving(router)
        deleting(router)
        editing(router)
        return router.buildResponder()
    }

    private func reading(_ router: Router<Context>) {
        router.get("v1/status") { request, _ in
            try flag("follow", of: request)
                ? stream(request) { node.statusChanges() } : try await object { try await node.status() }
        }
        router.get("v1/images") { request, _ in
            let under = request.uri.queryParameters["under"].map(String.init) ?? ""
            let form = try request.uri.queryParameters["form"].map { text in
                guard let form = HeldForm(rawValue: String(text)) else {
                    throw ControlFailure(.usage, "There is no form '\(text)': it is one of main, reduced and none.")
                }
                return form
            }
            return batches(request) { images(under: under, form: form) }
        }
        router.post("v1/known") { request, _ in
            let paths = try await body(ControlRequest.Paths.self, of: request).paths
            return try await list { try await known(paths) }
        }
        router.get("v1/why") { request, _ in
            let path = try path("path", of: request)
            return try await object { try await why(path) }
        }
        router.get("v1/why/folder") { request, _ in
            let folder = request.uri.queryParameters["path"].map(String.init) ?? ""
            if !folder.isEmpty { _ = try path(folder[...]) }
            return try await object { try await node.why(folder: folder) }
        }
        router.get("v1/nearby") { _, _ in try await list { try await node.nearby() } }
        router.get("v1/peers") { _, _ in try await list { try await node.peers() } }
        router.get("v1/step") { request, _ in
            let command = try text("command", of: request)
            return try await list { commands.step(of: command).map { [$0] } ?? [] }
        }
        router.get("metrics") { _, _ in
            let status = try await node.status()
            let text = MetricsText(status).text
            return Response(
                status: .ok, headers: [.contentType: MetricsText.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
        router.get("v1/settings") { _, _ in try await object { try await node.settings() } }
        router.post("v1/settings/reload") { _, _ in try await object { try await node.reloadSettings() } }
        router.get("v1/doctor") { _, _ in try await list { try await node.doctor() } }
    }

    private func pairing(_ router: Router<Context>) {
        router.delete("v1/peers") { request, _ in
            let peer = try text("peer", of: request)
            return try await object { try await node.unpair(peer) }
        }
        router.get("v1/review") { _, _ in try await list { try await node.review() } }
        router.post("v1/review") { request, _ in
            let answer = try await body(ReviewAnswer.self, of: request)
            return try await list { try await node.answer(answer) }
        }
        router.post("v1/peers/rights") { request, _ in
            let change = try await body(RightsRequest.self, of: request)
            return try await object { try await node.change(change) }
        }
        router.post("v1/invitations") { request, _ in
            let rights = try rights(of: request)
            return try await object { try await node.invite(as: rights) }
        }
        router.post("v1/join") { request, _ in
            let join = try await body(ControlRequest.Join.self, of: request)
            return try await object { try await node.join(join.invite, as: join.rights) }
        }
        router.post("v1/pairing") { request, _ in
            let target = request.uri.queryParameters["with"].map(String.init)
            let rights = try rights(of: request)
            return stream(request) { node.pair(with: target, as: rights) }
        }
        router.post("v1/pairing/confirmation") { request, _ in
            let answer = try await body(ControlRequest.Confirmation.self, of: request)
            try await stoppable { try await node.confirmPairing(attempt: answer.attempt, yes: answer.yes) }
            return Response(status: .noContent)
        }
    }

    private func working(_ router: Router<Context>) {
        router.post("v1/scan") { request, _ in
            let accept = try flag("acceptRemovals", of: request)
            return stream(request) { node.scan(acceptRemovals: accept) }
        }
        router.post("v1/library/new") { request, _ in stream(request) { node.newLibrary() } }
    }
}

/// The name of a reduced copy's file stands for its main, unless a main has that very name.
extension ControlRoutes {
    private func known(_ paths: [RelativePath]) async throws -> [RelativePath] {
        let known = Set(try await node.known(paths + paths.compactMap(\.mainOfReduced)))
        return paths.filter { known.contains($0) || $0.mainOfReduced.map(known.contains) == true }
    }

    private func why(_ path: RelativePath) async throws -> WhyReport {
        do {
            return try await node.why(path)
        } catch let failure as ControlFailure where failure.code == .notFound {
            guard let main = path.mainOfReduced else { throw failure }
            return try await node.why(main)
        }
    }

    private func images(under path: String, form: HeldForm?) -> AsyncThrowingStream<[ImageLine], any Error> {
        guard let main = (try? RelativePath(path))?.mainOfReduced else { return node.images(under: path, form: form) }
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: [ImageLine].self)
        let task = Task {
            do {
                var isEmpty = true
                for try await batch in node.images(under: path, form: form) where !batch.isEmpty {
                    isEmpty = false
                    continuation.yield(batch)
                }
                if isEmpty {
                    for try await batch in node.images(under: main.description, form: form) {
                        continuation.yield(batch)
                    }
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}

/// Reading requests.
extension ControlRoutes {
    private func text(_ name: String, of request: Request) throws -> String {
        guard let value = request.uri.queryParameters[name[...]], !value.isEmpty else {
            throw ControlFailure(.usage, "The request lacks '\(name)'.")
        }
        return String(value)
    }

    /// The rights that `as` names, with commas between; nil where it is not there.
    private func rights(of request: Request) throws -> PeerRights? {
        guard let text = request.uri.queryParameters["as"] else { return nil }
        return try text.split(separator: ",").reduce(into: []) { all, name in
            guard let right = PeerRights(name: String(name)) else {
                throw ControlFailure(.usage, "'\(name)' is no right of a peer.")
            }
            all.formUnion(right)
        }
    }

    func flag(_ name: String, of request: Request) throws -> Bool {
        switch request.uri.queryParameters[name[...]] {
        case nil, "false": return false
        case "true": return true
        case let other?: throw ControlFailure(.usage, "'\(name)' is true or false, not '\(other)'.")
        }
    }

    func path(_ name: String, of request: Request) throws -> RelativePath {
        try path(try text(name, of: request)[...])
    }

    func path(_ text: Substring) throws -> RelativePath {
        do { return try RelativePath(String(text)) } catch {
            throw ControlFailure(.usage, "The path '\(text)' \(error).")
        }
    }

    func body<Body: Decodable>(_ type: Body.Type, of request: Request) async throws -> Body {
        let bytes = try await request.body.collect(upTo: Self.largestBody)
        do {
            return try ControlJSON.decode(type, from: bytes.readableBytesView)
        } catch let failure as ControlFailure {
            throw failure
        } catch {
            throw ControlFailure(.usage, "The request's body is not what it should be: \(clause(error)).")
        }
    }

    private func clause(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "it lacks '\(key.stringValue)'"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "'\(context.codingPath.last?.stringValue ?? "the whole")' is of the wrong kind"
        case DecodingError.dataCorrupted(let context): context.debugDescription
        default: "it cannot be read"
        }
    }
}

/// Writing answers.
extension ControlRoutes {
    /// Runs `work`, given up when the agent stops: a command must not keep it from stopping in time.
    func stoppable<Answer: Sendable>(_ work: @Sendable () async throws -> Answer) async throws -> Answer {
        try await withoutActuallyEscaping(work) { work in try await cancelWhenGracefulShutdown { try await work() } }
    }

    func object(_ work: @Sendable () async throws -> some Encodable & Sendable) async throws -> Response {
        answer(try ControlJSON.indented(try await stoppable(work)) + [UInt8(ascii: "\n")], type: "application/json")
    }

    func list(_ work: @Sendable () async throws -> [some Encodable & Sendable]) async throws -> Response {
        answer(try Self.lines(try await stoppable(work)), type: "application/x-ndjson")
    }

    private func answer(_ bytes: [UInt8], type: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private static func lines(_ messages: some Sequence<some Encodable>) throws -> [UInt8] {
        try messages.reduce(into: []) { bytes, message in
            bytes += try ControlJSON.line(message)
            bytes.append(UInt8(ascii: "\n"))
        }
    }

    func stream<Source: AsyncSequence & Sendable>(
        _ request: Request, _ source: @escaping @Sendable () -> Source
    ) -> Response where Source.Element: Encodable & Sendable {
        batches(request) { source().map { [$0] } }
    }

    /// A message a line, as they come. Ends when the source does, when the reader goes away, when the agent stops.
    func batches<Source: AsyncSequence & Sendable, Message: Encodable & Sendable>(
        _ request: Request, _ source: @escaping @Sendable () -> Source
    ) -> Response where Source.Element == [Message] {
        let body = ResponseBody { writer in
            // The reader's going away shows on the inbound side only, and what it asked for must end with it.
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                var closing: ControlFailure?
                do {
                    // For its command once more: a body is written after the request was handled.
                    try await commands.serving(request) {
                        for try await batch in source().cancelOnGracefulShutdown() {
                            try await writer.write(ByteBuffer(bytes: Self.lines(batch)))
                        }
                    }
                    if Task.isShuttingDownGracefully { throw CancellationError() }
                } catch {
                    closing = ControlFailureMiddleware.failure(of: error)
                }
                if let closing {
                    try await writer.write(ByteBuffer(bytes: Self.lines([ControlRequest.Broken(failure: closing)])))
                }
                try await writer.finish(nil)
            }
        }
        // The inbound side was read to its end above, so the connection takes no other request.
        return Response(status: .ok, headers: [.contentType: "application/x-ndjson", .connection: "close"], body: body)
    }
}
