import HostilePeer
import Identity
import Model
import PeerProtocol

extension Stage {
    /// Says that it has all that the node has, each under another name, which is a later word than the node's; at the cue
    /// `delete`, that all are deleted.
    func mass() async throws {
        let images = try await mains()
        let names = try images.indices.map { try RelativePath("elsewhere/\(images.count - $0).jpg") }
        liar.change { peer in for info in images { peer.publish(info) } }
        let copied = Int64(images.count)
        try await liar.wait(for: "that its first records are read") { $0.given >= copied }
        liar.change { peer in
            peer.withdraw()
            for (info, name) in zip(images, names) {
                var renamed = info
                renamed.path = name
                renamed.generation = (info.generation ?? 0) + 1
                peer.publish(renamed)
            }
        }
        try await liar.wait(for: "that its names are read") { $0.given >= 2 * copied }
        try tell("renamed", ["images": images.count])
        for await cue in cues where cue == "delete" {
            liar.change { peer in for info in images { peer.publish(deletionOf: info, by: identity.id) } }
            try await liar.wait(for: "that its deletions are read") { $0.given >= 3 * copied }
            try tell("deleted")
        }
        try tell("end")
    }

    /// Says all that somebody says who may speak: deletes, renames and claims edits of what the node has, and publishes a
    /// photo of its own. At the cue `look` it asks for whatever the node has.
    func say() async throws {
        let images = try await mains()
        let photo = try Picture(0)
        let path = try RelativePath("mine.jpg")
        let edits = try images.enumerated().map { (info: $1, picture: try Picture($0 + 1)) }
        let elsewhere = try images.indices.map { try RelativePath("elsewhere/\($0).jpg") }
        liar.change { peer in
            peer.publish(photo.info(at: path), photo)
            for (index, edit) in edits.enumerated() {
                peer.publish(deletionOf: edit.info, by: identity.id)
                var renamed = edit.info
                (renamed.path, renamed.generation) = (elsewhere[index], 9)
                peer.publish(renamed)
                peer.publish(
                    edit.picture.info(at: edit.info.path, replaces: [edit.info.image], edition: 9), edit.picture)
            }
        }
        let last = Int64(liar.now.peer.lines.count)
        try await liar.wait(for: "that its records are read") { $0.given >= last }
        try tell("said", ["images": images.count])
        for await cue in cues where cue == "look" {
            guard let info = images.first else { break }
            let listed = try await mains().count
            let digest = try await victim.summary().digest
            let main = await outcome { _ = try await self.main(info) }
            let reduced = await outcome {
                _ = try await victim.reducedCopy(of: info.image, edge: 1024, quality: 85, limit: 1 << 20)
            }
            let held = await outcome {
                _ = try await victim.hold(HoldRequest(image: info.image, nonce: .random(), seconds: 60))
            }
            try tell(
                "looked", ["listed": listed, "counted": digest.count],
                outcomes: ["main": main, "reduced": reduced, "hold": held])
        }
        try tell("end")
    }

    /// Says that very many images are deleted that nobody ever had, each with a long path. At the cue `look` it tells how
    /// many records the node has to pass on.
    func words() async throws {
        let number = count ?? 30_000
        let folders = String(repeating: String(repeating: "x", count: 39) + "/", count: 8)
        let lines = try (1...number).map { number in
            let word = Deletion(
                image: ImageID(Bytes32.random()), path: try RelativePath("\(folders)\(number).jpg"), generation: 1,
                isDeleted: true, at: 1_780_000_000, by: identity.id)
            return Record(sequence: Int64(number), .deletion(word)).line
        }
        liar.change { peer in
            peer.lines = lines
            // Counted once: it is asked for often.
            peer.claimed = (peer.digest, Int64(number))
        }
        try tell("published", ["words": number])
        for await cue in cues where cue == "look" {
            let digest = try await victim.summary().digest
            try tell("looked", ["passedOn": digest.count])
        }
        try tell("end")
    }
}

extension LyingPeer {
    /// Publishes that an image is deleted, later than anybody's word.
    mutating func publish(deletionOf info: FileInfo, by node: NodeID) {
        let word = Deletion(
            image: info.image, path: info.path, generation: 1, isDeleted: true, at: 1_780_000_000, by: node)
        lines.append(Record(sequence: Int64(lines.count) + 1, .deletion(word)).line)
    }
}
