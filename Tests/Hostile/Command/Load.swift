import HostilePeer
import Identity
import Imaging
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

    /// Asks as a peer over connections of their own, one after the other, each for what a peer asks first.
    func visits() async throws {
        for _ in 0..<(count ?? 100) {
            let client = try PeerClient(
                peer: peer.certificate, addresses: peer.addresses, identity: identity, logger: LyingPeer.logger)
            liar.count(await outcome { _ = try await client.summary() })
            await client.close()
        }
        try tell("visited")
        await cues.end()
        try tell("end")
    }

    /// Says that it has very many mains, and has none of them; takes them all back, and says so of others, again and again.
    func babble() async throws {
        let number = count ?? 1000
        for round in 1...3 {
            let infos = try (0..<number).map { number in
                var info = try Picture([UInt8(round), UInt8(number & 0xFF), UInt8(number >> 8)])
                    .info(at: RelativePath("babble \(round)/\(number).jpg"))
                (info.bytes, info.mainBytes) = (3_000_000, 3_000_000)
                return info
            }
            liar.change { peer in
                peer.withdraw()
                for info in infos { peer.publish(info) }
            }
            let last = Int64(liar.now.peer.lines.count)
            try await liar.wait(for: "that its records are read") { $0.given >= last }
            try tell("babbled \(round)", ["mains": number])
            for await cue in cues where cue == "on" { break }
        }
        try tell("end")
    }

    /// Publishes pictures of 400 megapixels that are a few thousand bytes of rubbish, in several passes, so that a decoder
    /// holds all of each; and, once the node has them, asks for reduced copies of all of them at once.
    func rubbish() async throws {
        let pictures = try (0..<(count ?? 8)).map { number in
            Picture(try Self.bloated(try SamplePhoto(seed: UInt64(number), width: 64, height: 64).jpeg(), side: 20_000))
        }
        let paths = try pictures.indices.map { try RelativePath("rubbish/\($0).jpg") }
        liar.change { peer in
            for (path, picture) in zip(paths, pictures) { peer.publish(picture.info(at: path), picture) }
        }
        try tell("published", ["pictures": pictures.count])
        for await cue in cues where cue == "ask" {
            await withTaskGroup(of: Void.self) { group in
                for picture in pictures {
                    group.addTask {
                        let outcome = await outcome {
                            _ = try await victim.reducedCopy(of: picture.image, edge: 2048, quality: 85, limit: 1 << 24)
                        }
                        liar.count(outcome)
                    }
                }
            }
            try tell("asked")
        }
        try tell("end")
    }

    /// A JPEG that says that it has so many pixels on each side, and comes in several passes, of which only the first is there.
    private static func bloated(_ jpeg: [UInt8], side: Int) throws -> [UInt8] {
        var bytes = jpeg
        // SOF0 becomes SOF2 (ITU-T T.81, B.2.2): marker, length, precision, height, width.
        guard let frame = bytes.indices.dropLast(9).first(where: { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 }),
            let scan = bytes.indices.dropLast(9).first(where: { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xDA })
        else { throw Liar.InVain(description: "no JPEG was made") }
        bytes[frame + 1] = 0xC2
        for offset in [5, 7] {
            (bytes[frame + offset], bytes[frame + offset + 1]) = (UInt8(side >> 8), UInt8(side & 0xFF))
        }
        // The coefficients of the scan (B.2.3), which are 0 to 63 in one pass, and 0 alone in the first of several.
        bytes[scan + 2 + Int(bytes[scan + 3]) - 2] = 0
        return bytes
    }
}
