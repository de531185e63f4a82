public import Model
import NIOCore
import NIOHTTP1

/// The requests of the protocol.
extension PeerClient {
    /// The peer now.
    public func summary() async throws -> NodeSummary {
        try await ask(.summary, "/v1/node") { try await self.summary(&$0) }
    }

    /// The peer, as soon as its digest is not `digest`; after `wait` at the latest, whatever the digest is then.
    ///
    /// - Parameter wait: at most ``ClientLimits/poll``.
    public func summary(unless digest: Digest, wait: Duration) async throws -> NodeSummary {
        let wait = max(.zero, min(wait, limits.poll))
        return try await ask(
            .poll, "/v1/node?unless=\(digest)&wait=\(wait.components.seconds)", patience: .poll(wait)
        ) { try await self.summary(&$0) }
    }

    /// The digests of the parts of `range.split(into: parts)`, in that order.
    ///
    /// - Parameter parts: 1 to 256.
    public func digests(of range: SequenceRange, parts: Int) async throws -> [Digest] {
        let expected = range.split(into: parts)
        if expected.isEmpty { return [] }
        return try await ask(
            .digests, "/v1/file-info/digest?from=\(range.from)&to=\(range.to)&parts=\(parts)"
        ) { reader in
            let digests = try await reader.json(Wire.Digests.self).digests
            guard digests.count == expected.count else {
                throw reader.malformed("has \(digests.count) digests for \(expected.count) ranges")
            }
            guard zip(digests, expected).allSatisfy({ Int64($0.count) <= $1.span }) else {
                throw reader.malformed("counts more records than a range has numbers")
            }
            return digests
        }
    }

    /// A reduced copy of `image`: JPEG bytes by the peer's word, which the caller checks.
    ///
    /// - Parameters:
    ///   - kept: a reduced copy of what the main was before. Where that shows the image as it is now, only a head for it
    ///     comes, which is no JPEG.
    ///   - limit: bytes that it may have at most, such as the main's size; a larger one is given up.
    public func reducedCopy(
        of image: ImageID, edge: Int, quality: Int, keeping kept: KeptPicture? = nil, limit: Int
    ) async throws -> [UInt8] {
        let keeping = kept.map { "&pixels=\($0.main)&coded=\($0.copy)" } ?? ""
        return try await ask(.reduced, "/v1/reduced/\(image)?edge=\(edge)&quality=\(quality)\(keeping)") { reader in
            let bytes = try await reader.all(limit: limit)
            guard !bytes.isEmpty else { throw reader.malformed("is an empty reduced copy") }
            return bytes
        }
    }

    /// The bytes of a main from `offset` to its end, handed to `receive` in pieces of about ``ClientLimits/piece`` bytes,
    /// and nothing more before `receive` returns. Of a main that breaks off, what came is handed over too. What the bytes
    /// hash to is for the caller to compare.
    ///
    /// - Parameters:
    ///   - offset: where to go on, less than `size`.
    ///   - size: the main's size as its record says. A peer whose file has another is refused.
    public func main(
        of image: ImageID, from offset: Int64, size: Int64, isolation: isolated (any Actor)? = #isolation,
        receive: (MainPiece) async throws -> Void
    ) async throws {
        guard offset < size else { return }
        let headers: HTTPHeaders = offset > 0 ? ["Range": "bytes=\(offset)-"] : [:]
        try await ask(.mains, "/v1/mains/\(image)", headers: headers) { reader in
            if offset > 0 {
                guard reader.status == .partialContent,
                    reader.headers.first(name: "content-range") == "bytes \(offset)-\(size - 1)/\(size)"
                else { throw reader.malformed("is not the part of a main of \(size) bytes that was asked for") }
            }
            if let length = reader.headers.first(name: "content-length"), length != String(size - offset) {
                throw reader.malformed("is a main of another size than its record says")
            }
            var left = size - offset
            var piece = MainPiece()
            do {
                while let chunk = try await reader.next() {
                    left -= Int64(chunk.readableBytes)
                    guard left >= 0 else { throw reader.malformed("is a main of another size than its record says") }
                    piece.append(chunk)
                    if piece.count >= limits.piece {
                        let full = piece
                        piece = MainPiece()
                        try await receive(full)
                    }
                }
            } catch let error as PeerError where error.code != .malformed && piece.count > 0 {
                try await receive(piece)
                throw error
            }
            if piece.count > 0 { try await receive(piece) }
            guard left == 0 else {
                throw PeerError(
                    .disconnected, "\(peer.short) broke off its answer: it is tried again later", peer: peer)
            }
        }
    }

    /// Several small mains in one answer, all of it in memory: for a peer that says that it gives them so
    /// (``NodeSummary/mainsTogether``). What the bytes hash to is for the caller to compare.
    ///
    /// - Parameter mains: each with its size as its record says; at most ``ClientLimits/mainsTogether`` of them, of
    ///   ``ClientLimits/bytesTogether`` together.
    /// - Returns: their bytes, in the same order; nil for one that the peer does not give so. Asked for alone, it says
    ///   why.
    public func mains(_ mains: [(image: ImageID, size: Int64)]) async throws -> [MainPiece?] {
        precondition(
            mains.count <= limits.mainsTogether && mains.reduce(0) { $0 + $1.size } <= limits.bytesTogether,
            "what is asked for together is small")
        guard !mains.isEmpty else { return [] }
        let names = mains.map(\.image.description).joined(separator: ",")
        return try await ask(.mains, "/v1/mains?images=\(names)") { reader in
            var several = SeveralMains.Reader(sizes: mains.map(\.size))
            while let chunk = try await reader.next() {
                do throws(SeveralMains.Reader.Fault) {
                    try several.take(chunk)
                } catch {
                    throw reader.malformed(error.clause)
                }
            }
            guard several.isOver else {
                throw PeerError(
                    .disconnected, "\(peer.short) broke off its answer: it is tried again later", peer: peer)
            }
            return several.mains
        }
    }

    /// Has the peer read its main of an image anew, and promise to keep it.
    ///
    /// Waits as long as is asked for, and ``ClientLimits/hold`` at most. Whether the proof is right, and how long the
    /// promise lasts, is for the caller: it counts the grant's seconds from before this call, by a clock that nobody sets
    /// and that goes on while the machine sleeps (`ContinuousClock`), and gives up what comes after its time.
    ///
    /// - Throws: ``PeerError``: `notFound` without a main there, `conflict` for one that it does not promise, `busy`
    ///   when it reads too many already.
    public func hold(_ request: HoldRequest) async throws -> HoldGrant {
        try await ask(
            .holds, "/v1/holds", body: Wire.encode(request.wire),
            patience: .hold(min(limits.hold, .seconds(request.seconds)))
        ) { reader in
            guard let grant = HoldGrant(try await reader.json(Wire.Grant.self)) else {
                throw reader.malformed("has no proof of 64 hexadecimal digits")
            }
            guard grant.seconds >= 1, grant.seconds <= request.seconds else {
                throw reader.malformed("promises \(grant.seconds) seconds where \(request.seconds) were asked for")
            }
            return grant
        }
    }

    /// Gives back the holds that were asked for with this nonce: nothing relies on them any more. Waits no longer than
    /// ``ClientLimits/release``; may be sent again, and changes nothing then.
    ///
    /// - Throws: ``PeerError``: `notFound` where the peer does not know this request. The hold ends by itself then.
    public func release(_ nonce: Bytes32) async throws {
        try await ask(
            .holds, "/v1/holds/\(Hex.encode(nonce.bytes))", method: .DELETE, patience: .release(limits.release)
        ) { _ = try await $0.all(limit: limits.answerBytes) }
    }

    private func summary(_ reader: inout AnswerReader) async throws -> NodeSummary {
        let wire = try await reader.json(Wire.Node.self)
        guard let summary = NodeSummary(wire), summary.id == peer else {
            throw reader.malformed("is no summary of itself")
        }
        return summary
    }
}
