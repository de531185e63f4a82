import AsyncHTTPClient
import Identity
import Model
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Where a peer's errors come from.
extension PeerError {
    /// What the layers below report. A cancelled task stays a `CancellationError`.
    static func of(_ error: any Error, peer: NodeID, address: PeerAddress) -> any Error {
        if Task.isCancelled || error is CancellationError { return CancellationError() }
        let name = peer.short
        func because(_ code: Code, _ message: String) -> PeerError {
            PeerError(code, message, peer: peer, cause: error)
        }
        switch error {
        case let error as PeerError: return error
        case is PinnedConnection.WrongKey:
            return because(.wrongPeer, "the machine at \(address) is not \(name): pair anew if its key was made anew")
        case let error as HTTPClientError:
            switch error {
            case .readTimeout, .deadlineExceeded, .writeTimeout:
                return because(.stalled, "\(name) stopped answering in mid-answer: it is tried again later")
            case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
                return because(
                    .unreachable, "\(name) does not answer at \(address): check that it runs and is on this network")
            case .cancelled, .alreadyShutdown: return CancellationError()
            default: return because(.disconnected, "\(name) broke off its answer: it is tried again later")
            }
        case NIOSSLError.handshakeFailed(let reason):
            if "\(reason)".contains("CERTIFICATE_VERIFY_FAILED") {
                return because(
                    .wrongPeer, "the machine at \(address) is not \(name): pair anew if its key was made anew")
            }
            return because(.unreachable, "what answers at \(address) does not speak this protocol: check the port")
        case is NIOConnectionError, is SocketAddressError, is NIOSSLError:
            return because(
                .unreachable, "\(name) cannot be reached at \(address): check that it runs and is on this network")
        case let error as IOError where [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(error.errnoCode):
            return because(
                .unreachable, "\(name) cannot be reached at \(address): check that it runs and is on this network")
        case HTTPParserError.invalidEOFState:
            return because(.disconnected, "\(name) broke off its answer: it is tried again later")
        case is HTTPParserError:
            return because(.malformed, "what answers at \(address) does not speak this protocol: check the port")
        default: return because(.disconnected, "\(name) broke off its answer: it is tried again later")
        }
    }

    /// What the peer itself says.
    static func of(
        status: Int, sentence: String?, retryAfter: String?, peer: NodeID, limits: ClientLimits
    ) -> PeerError {
        let name = peer.short
        let said = sentence.map { ", which says: \(clean($0))" } ?? ""
        let wait = retryAfter.flatMap { Int($0) }.map { Swift.min(.seconds(Swift.max(0, $0)), limits.retryAfter) }
        switch status {
        case 403:
            return PeerError(.unpaired, "\(name) does not know this machine (any more): pair them again", peer: peer)
        case 404, 410: return PeerError(.notFound, "\(name) does not have it\(said); another holder may", peer: peer)
        case 409: return PeerError(.conflict, "it contradicts what is at \(name)\(said)", peer: peer)
        case 422: return PeerError(.unprocessable, "it cannot be done at \(name)\(said)", peer: peer)
        case 429, 503:
            return PeerError(.busy, "\(name) is busy\(said); it is asked again later", peer: peer, retryAfter: wait)
        case 507:
            return PeerError(.noSpace, "the disk of \(name) is full: make room there", peer: peer, retryAfter: wait)
        case 500...599: return PeerError(.failed, "\(name) failed\(said); its own log tells more", peer: peer)
        default:
            return PeerError(
                .malformed, "\(name) answered with status \(status)\(said): check that both run the same version",
                peer: peer)
        }
    }

    /// A peer's sentence, fit for a terminal and a log: printable, and not long.
    private static func clean(_ sentence: String) -> String {
        String(sentence.unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(200))
    }
}
