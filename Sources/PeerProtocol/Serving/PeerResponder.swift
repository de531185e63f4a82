import HTTPTypes
import HummingbirdCore
import Identity
import Logging
import Model
import NIOCore

/// Answers the requests of one server: who may ask, what is asked, and writing the answer.
struct PeerResponder: Sendable {
    let answering: any PeerAnswering
    let desk: PairingDesk
    let connections: Connections
    let limits: ServerLimits
    let logger: Logger

    /// Answers one request. Throws when the connection is to be closed.
    func respond(to request: Request, writer: consuming ResponseWriter, channel: any Channel) async throws {
        guard let asking = connections.certificate(of: channel) else { throw Connections.Ended() }
        var answer: Answer
        do {
            answer = try await self.answer(request, from: asking, on: channel)
        } catch let refusal as PeerRefusal {
            answer = Answer(refusal)
        } catch let error as PairingError {
            answer = Answer(error)
        } catch let error as Connections.Ended {
            throw error
        } catch is CancellationError {
            throw Connections.Ended()
        } catch {
            logger.error(
                "A peer's request failed", metadata: ["peer": "\(answering.name(of: asking.id))", "error": "\(error)"])
            answer = Answer(PeerRefusal(.internalFault, "a fault at the other machine; its log says which"))
        }
        // An answer to HEAD has no body (RFC 9110, section 9.3.2); here it is always a refusal.
        if request.method == .head { answer.body = .bytes([]) }
        do {
            try await write(answer, to: asking, writer: writer)
        } catch {
            await answer.discard()
            throw error
        }
        await answer.discard()
        if answer.closes { throw Connections.Ended() }
    }

    private func answer(_ request: Request, from asking: PeerCertificate, on channel: any Channel) async throws
        -> Answer
    {
        let target = request.head.path ?? ""
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.first.map(String.init) ?? ""
        let node = asking.id
        if path.hasPrefix(Self.pairing), request.method == .post {
            return try await pair(String(path.dropFirst(Self.pairing.count)), request, from: asking, on: channel)
        }
        guard answering.isTrusted(node) else { return .stranger }
        let head = request.head
        // Where it is served is a hint like any address: the certificate there tells whether it is true.
        if let port = HTTPField.Name("Mainstay-Port").flatMap({ head.headerFields[$0] }).flatMap({ Int($0) }),
            let host = channel.remoteAddress?.ipAddress, let address = PeerAddress(host: host, port: port)
        {
            answering.heard(node, at: address)
        }
        let answer = try await connections.run(on: channel, for: node, drop: { await $0.discard() }) {
            let query = try Query(parts.count == 2 ? parts[1] : "")
            return try await self.route(path, query, request, for: node)
        }
        // Whoever was unpaired while this was made gets none of it.
        guard answering.isTrusted(node) else {
            await answer.discard()
            return .stranger
        }
        return answer
    }

    /// The only route for strangers.
    private static let pairing = "/v1/pairing/"

    private func pair(
        _ step: String, _ request: Request, from asking: PeerCertificate, on channel: any Channel
    ) async throws -> Answer {
        guard let step = PairingStep(rawValue: step) else {
            guard answering.isTrusted(asking.id) else { return .stranger }
            throw PeerRefusal(.notFound, "there is no such step of pairing")
        }
        let remote = channel.remoteAddress?.ipAddress
        // Whoever sends nothing is at nothing: its connection makes room for others.
        let body = try await self.body(of: request)
        return try await connections.run(on: channel, for: asking.id) {
            let answer = try await desk.handle(step, body: body, asking: asking, remote: remote)
            return Answer(status: .ok, fields: [.contentType: "application/json"], body: .bytes(answer))
        }
    }

    /// The whole body of a request that may have one.
    func body(of request: Request) async throws -> [UInt8] {
        do {
            return Array(try await request.body.collect(upTo: limits.bodyBytes).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw PeerRefusal(.tooLarge, "the body is larger than \(limits.bodyBytes) bytes")
        }
    }

    private func write(_ answer: Answer, to asking: PeerCertificate, writer: consuming ResponseWriter) async throws {
        var fields = answer.fields
        fields[.contentLength] = String(answer.length)
        if answer.closes { fields[.connection] = "close" }
        let head = HTTPResponse(status: answer.status, headerFields: fields)
        switch answer.body {
        case .bytes(let bytes):
            try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .buffer(let buffer):
            try await writer.write(response: head, body: ResponseBody(byteBuffer: buffer))
        case .main(let main, let range):
            let range = range.map { $0.lowerBound..<$0.upperBound + 1 } ?? 0..<main.size
            let memory = MainMemory()
            if range.count <= limits.chunk {
                // Head and body in one packet.
                try await read(main, range, of: asking, into: memory, whole: true)
                return try await writer.write(response: head, body: ResponseBody(byteBuffer: memory.contents))
            }
            var body = try await writer.writeHead(head)
            // One is filled while the network has the other.
            var memories = (memory, MainMemory())
            var offset = range.lowerBound
            while offset < range.upperBound {
                let next = offset..<min(offset + Int64(limits.chunk), range.upperBound)
                offset += Int64(try await read(main, next, of: asking, into: memories.0))
                try await body.write(memories.0.contents)
                memories = (memories.1, memories.0)
            }
            try await body.finish(nil)
        }
    }

    /// - Parameter whole: whether fewer bytes will not do.
    @discardableResult
    private func read(
        _ main: any MainReading, _ range: Range<Int64>, of asking: PeerCertificate, into memory: MainMemory,
        whole: Bool = false
    ) async throws -> Int {
        guard answering.isTrusted(asking.id) else { throw Connections.Ended() }
        let count = try await main.read(from: range.lowerBound, count: range.count, into: memory)
        // A file that shrank: the length was promised, so all there is to do is to break off.
        guard count > 0 || range.isEmpty, count <= range.count, !whole || count == range.count else {
            throw Connections.Ended()
        }
        return count
    }
}
