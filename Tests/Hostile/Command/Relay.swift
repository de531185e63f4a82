import Crypto
import HostilePeer
import Model
import PeerProtocol

extension Stage {
    /// Says that it has what the node has, and has nothing: what it is to prove, it reads from the very node that asks.
    /// At the cue `fetch` it reads all mains before it is asked.
    func relay() async throws {
        let copied = try await mains()
        let infos = Dictionary(copied.map { ($0.image, $0) }) { first, _ in first }
        liar.change { peer in
            for info in copied { peer.publish(info) }
            peer.hold = { request in
                guard let info = infos[request.image] else { throw PeerRefusal(.notFound, "no") }
                do {
                    let bytes = try await steal(info)
                    let hash = SHA256.hash(data: request.nonce.bytes + bytes)
                    guard let proof = Bytes32(Array(hash)) else { throw PeerRefusal(.internalFault, "no") }
                    liar.count("proved")
                    return HoldGrant(proof: proof, seconds: request.seconds)
                } catch let error as PeerError {
                    liar.count(error.code.rawValue)
                    throw PeerRefusal(.internalFault, "no")
                }
            }
        }
        try tell("copied", ["images": copied.count])
        for await cue in cues where cue == "fetch" {
            for info in copied { _ = try await main(info) }
            try tell("fetched", ["images": copied.count])
        }
        try tell("end")
    }

    /// A main by either way on which mains are given.
    private func steal(_ info: FileInfo) async throws -> [UInt8] {
        if info.bytes <= victim.limits.bytesTogether {
            let pieces = try await victim.mains([(image: info.image, size: info.bytes)])
            if let piece = pieces[0] {
                liar.count("stolen")
                return Array(piece)
            }
            liar.count("notTogether")
        }
        let bytes = try await main(info)
        liar.count("stolen")
        return bytes
    }
}
