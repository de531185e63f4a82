import HTTPTypes
import HummingbirdCore
import Identity
import Model

/// What a paired peer may ask. The routes are compared byte by byte: nothing is decoded, and nothing of a path reaches
/// a file system but an image's hash, read as such.
extension PeerResponder {
    func route(_ path: String, _ query: Query, _ request: Request, for node: NodeID) async throws -> Answer {
        let head = request.head
        guard answering.isShown(node) else { return try await routeUnshown(path, query, head, for: node) }
        switch path {
        case "/v1/node": try read(head); return try await summary(query)
        case "/v1/file-info/digest": try read(head); return try await digests(query)
        case "/v1/file-info": try read(head); return try await records(query, head.headerFields[.acceptEncoding])
        case "/v1/mains": try read(head); return try await mains(query, for: node)
        case "/v1/holds": return try await hold(request, for: node)
        default: break
        }
        if let nonce = image(path, below: "/v1/holds/")?.bytes {
            guard head.method == .delete else { throw PeerRefusal(.methodNotAllowed, "this path is for DELETE") }
            try await answering.release(nonce, by: node)
            return .json([String: String]())
        }
        if let image = image(path, below: "/v1/reduced/") {
            try read(head)
            return try await reducedCopy(of: image, query, for: node)
        }
        if let image = image(path, below: "/v1/mains/") {
            try read(head)
            return try await main(of: image, range: head.headerFields[.range], for: node)
        }
        throw PeerRefusal(.notFound, "version 1 of the protocol has no such path")
    }

    /// To a peer that may see nothing, this node is one without images.
    private func routeUnshown(
        _ path: String, _ query: Query, _ head: HTTPRequest, for node: NodeID
    ) async throws -> Answer {
        switch path {
        case "/v1/node":
            try read(head)
            let wait = try query.wait(atMost: limits.poll)
            // Nothing becomes news, until a person says so: then its connections end.
            if try query.digest("unless") == .empty { try await ContinuousClock().sleep(for: wait) }
            var summary = try await answering.summary()
            (summary.digest, summary.last) = (.empty, 0)
            return .json(summary.wire(together: limits.mainsTogether))
        case "/v1/file-info/digest":
            try read(head)
            let parts = Int(try query.number("parts", in: 1...Int64(limits.parts), default: 16))
            let ranges = try query.range().split(into: parts)
            return .json(Wire.Digests(digests: ranges.map { _ in .empty }))
        case "/v1/file-info":
            try read(head)
            _ = try query.range()
            return Answer(status: .ok, fields: [.contentType: "application/x-ndjson"], body: .bytes([]))
        default: break
        }
        if head.method == .delete, let nonce = image(path, below: "/v1/holds/")?.bytes {
            try await answering.release(nonce, by: node)
            return .json([String: String]())
        }
        throw PeerRefusal(.notFound, "this node shows your machine no images")
    }

    private func read(_ head: HTTPRequest) throws(PeerRefusal) {
        guard head.method == .get else { throw PeerRefusal(.methodNotAllowed, "this path is for GET") }
    }

    private func image(_ path: String, below prefix: String) -> ImageID? {
        path.utf8.starts(with: prefix.utf8) ? ImageID(path.dropFirst(prefix.count)) : nil
    }

    private func summary(_ query: Query) async throws -> Answer {
        let wait = try query.wait(atMost: limits.poll)
        let summary =
            if let digest = try query.digest("unless") {
                try await answering.summary(unless: digest, wait: wait)
            } else {
                try await answering.summary()
            }
        return .json(summary.wire(together: limits.mainsTogether))
    }

    private func digests(_ query: Query) async throws -> Answer {
        let parts = Int(try query.number("parts", in: 1...Int64(limits.parts), default: 16))
        let range = try query.range()
        return .json(Wire.Digests(digests: try await answering.digests(of: range, parts: parts)))
    }

    private func records(_ query: Query, _ codings: String?) async throws -> Answer {
        let range = try query.range()
        let limit = try query.number("limit", in: 1...Record.highestSequence, default: Int64(limits.records))
        let page = try await answering.records(in: range, limit: Int(min(limit, Int64(limits.records))))
        var lines: [UInt8] = []
        lines.reserveCapacity(page.lines.reduce(0) { $0 + $1.count + 1 })
        for line in page.lines {
            lines += line
            lines.append(UInt8(ascii: "\n"))
        }
        var answer = Answer(status: .ok, fields: [.contentType: "application/x-ndjson"], body: .bytes(lines))
        if Deflate.isAccepted(by: codings), let coded = Deflate.encode(lines) {
            answer.fields[.contentEncoding] = Deflate.name
            answer.body = .bytes(coded)
        }
        if let next = page.next { answer.fields[Answer.next] = String(next) }
        return answer
    }

    private func reducedCopy(of image: ImageID, _ query: Query, for node: NodeID) async throws -> Answer {
        let edge = Int(try query.number("edge", in: 1...65_535))
        let quality = Int(try query.number("quality", in: 1...100))
        let bytes: [UInt8]
        if let kept = try query.kept() {
            bytes = try await answering.reducedCopy(of: image, edge: edge, quality: quality, keeping: kept, for: node)
        } else {
            bytes = try await answering.reducedCopy(of: image, edge: edge, quality: quality, for: node)
        }
        let type = bytes.starts(with: [0xFF, 0xD8]) ? "image/jpeg" : "application/octet-stream"
        return Answer(status: .ok, fields: [.contentType: type], body: .bytes(bytes))
    }

    private func hold(_ request: Request, for node: NodeID) async throws -> Answer {
        guard request.head.method == .post else {
            throw PeerRefusal(.methodNotAllowed, "this path is for POST")
        }
        let body = try await body(of: request)
        guard let hold = (try? Wire.decode(Wire.Hold.self, from: body)).flatMap({ HoldRequest($0) }) else {
            let seconds = HoldRequest.allowedSeconds
            throw PeerRefusal(
                .badRequest,
                "the body is not an image, a nonce and seconds from \(seconds.lowerBound) to \(seconds.upperBound)")
        }
        return .json(try await answering.hold(hold, for: node).wire)
    }

    private func mains(_ query: Query, for node: NodeID) async throws -> Answer {
        let images = try query.images("images", most: limits.mainsTogether)
        let mains = try await answering.mains(of: images, upTo: limits.bytesTogether, for: node)
        return Answer(
            status: .ok, fields: [.contentType: "application/octet-stream"],
            body: .buffer(SeveralMains.answer(mains, upTo: limits.bytesTogether)))
    }

    private func main(of image: ImageID, range: String?, for node: NodeID) async throws -> Answer {
        let main = try await answering.main(of: image, for: node)
        var fields: HTTPFields = [
            .contentType: "application/octet-stream", .acceptRanges: "bytes", .eTag: "\"\(image)\"",
        ]
        switch ByteRange(range, size: main.size) {
        case .whole: return Answer(status: .ok, fields: fields, body: .main(main, nil))
        case .part(let part):
            fields[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound)/\(main.size)"
            return Answer(status: .partialContent, fields: fields, body: .main(main, part))
        case .unsatisfiable:
            let size = main.size
            await main.close()
            var answer = Answer(PeerRefusal(.rangeNotSatisfiable, "the main has \(size) bytes"))
            answer.fields[.contentRange] = "bytes */\(size)"
            return answer
        }
    }
}
