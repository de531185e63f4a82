import HostilePeer
import Identity
import Model
import PeerProtocol

extension Stage {
    /// Asks for very many reduced copies at once, each of another size, until the input's end.
    func flood() async throws {
        let images = try await mains()
        var limits = ClientLimits()
        // As many as a node takes of one peer.
        limits.connections = 32
        let client = try PeerClient(
            peer: peer.certificate, addresses: peer.addresses, identity: identity, limits: limits,
            logger: LyingPeer.logger)
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<(count ?? 10_000) {
                group.addTask {
                    let outcome = await outcome {
                        _ = try await client.reducedCopy(
                            of: images[number % images.count].image, edge: 256 + number % 1500,
                            quality: 50 + number % 50, limit: 1 << 24)
                    }
                    liar.count(outcome)
                    return false
                }
            }
            group.addTask {
                try? await liar.wait(for: "that some are refused") { $0.counts["busy"] ?? 0 >= 100 }
                try? tell("flooding")
                await cues.end()
                return true
            }
            // What is still under way at the input's end is given up.
            for await isOver in group where isOver { break }
            group.cancelAll()
        }
        await client.close()
        try tell("end")
    }

    /// Publishes very many records, each as long as one may be.
    func growth() async throws {
        let number = count ?? 20_000
        // Of 255 bytes each, twelve of them, and the name.
        let folders = String(repeating: String(repeating: "x", count: 239) + "/", count: 12)
        let lines = try (1...number).map { number in
            let picture = ImageID(Bytes32.random())
            let path = try RelativePath("\(number)/\(folders)\(number).jpg")
            let info = FileInfo(
                path: path, image: picture, form: .main, bytes: 3_000_000, mainBytes: 3_000_000, type: .jpeg)
            return Record(sequence: Int64(number), info: info).line
        }
        liar.change { peer in
            peer.lines = lines
            // Counted once: it is asked for often.
            peer.claimed = (peer.digest, Int64(number))
        }
        try tell("published", ["records": number, "bytes": lines.reduce(0) { $0 + $1.count }])
        await cues.end()
        try tell("end")
    }
}
