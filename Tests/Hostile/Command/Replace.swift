import HostilePeer
import Model

extension Stage {
    /// Of the node's first image in the order of paths, which it never had, it publishes edit after edit under the same
    /// name, each another picture; then, once, of its second image, which it says before to have itself.
    func replace() async throws {
        let images = try await mains().sorted { $0.path < $1.path }
        guard images.count > 1 else { throw Liar.InVain(description: "the node has no two images") }
        let (foreign, own) = (images[0], images[1])
        let rounds = count ?? 50
        for round in 1...rounds {
            let picture = try Picture(round)
            try await publish(picture, picture.info(at: foreign.path, replaces: [foreign.image], edition: Int64(round)))
        }
        try tell("claimed", ["rounds": rounds])

        for await cue in cues where cue == "own" {
            liar.change { peer in
                peer.withdraw()
                peer.publish(own)
            }
            let last = Int64(liar.now.peer.lines.count)
            try await liar.wait(for: "that the copied record is read") { $0.given >= last }
            let picture = try Picture(0)
            try await publish(picture, picture.info(at: own.path, replaces: [own.image], edition: 1))
            try tell("edited")
        }
        try tell("end")
    }

    /// Publishes one record instead of all before, and waits until the node has fetched its main.
    private func publish(_ picture: Picture, _ info: FileInfo) async throws {
        liar.change { peer in
            peer.withdraw()
            peer.publish(info, picture)
        }
        try await liar.wait(for: "that \(info.path) is fetched") { $0.served.contains(picture.image) }
    }
}
