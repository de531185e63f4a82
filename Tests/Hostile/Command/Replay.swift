import HostilePeer
import Identity
import PeerProtocol

extension Stage {
    /// Waits until it is unpaired, in the middle of a request; then asks again, and comes again by the line that it came
    /// by, as itself and as another.
    func replay() async throws {
        let summary = try await victim.summary()
        try tell("paired")
        let poll = await outcome {
            var last = summary
            while true { last = try await victim.summary(unless: last.digest, wait: .seconds(60)) }
        }
        let asked = await outcome { _ = try await victim.summary() }
        let joined = await outcome { _ = try await desk.join(invitation) }
        let other = try NodeIdentity.make()
        let joinedAsOther = try await LyingPeer.serve(LyingPeer(id: other.id), as: other) { desk, _ in
            await outcome { _ = try await desk.join(invitation) }
        }
        try tell(
            "end",
            outcomes: ["poll": poll, "asked": asked, "joined": joined, "joinedAsOther": joinedAsOther])
    }
}
