import ArgumentParser
import HostilePeer
import Identity
import PeerProtocol

/// Pairs with a node by an invitation and plays one attack on it.
@main
struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Hostile",
        abstract: "A peer that keeps to nothing: it comes by an invitation, and plays one attack.",
        discussion: """
            It tells what it does on standard output, one JSON object a line: an event, how often what happened, and \
            what came of it. What is written to its standard input are its cues, a word a line. At the input's end it \
            tells the last, and ends; with 0 when it played to the end.

            EXAMPLES:
              Hostile relay --line "$(syncctl invite --as archive)"
              Hostile strangers --line "$(syncctl invite)"      uses the address alone, and does not pair; so do
                                                         handshakes and neighbour
            """)

    @Argument(help: "What to play: \(Play.allCases.map(\.rawValue).joined(separator: ", ")).")
    var play: Play

    @Option(help: "What `syncctl invite` printed.")
    var line: String

    @Option(help: "How often, or how many; each play has its own number.")
    var count: Int?

    @Option(help: "Where to listen.")
    var listen = "0.0.0.0"

    func run() async throws {
        guard let invitation = Invitation(line) else { throw ValidationError("That is no invitation.") }
        let identity = try NodeIdentity.make()
        let door = Door(address: invitation.addresses[0], identity: identity)
        switch play {
        case .strangers: return try await door.besiege(until: Cues())
        case .handshakes: return try await door.storm(eachSecond: count ?? 100, until: Cues())
        case .neighbour: return try await door.guess(until: Cues())
        default: break
        }
        if let kind = play.bomb {
            return try await Bomb(kind: kind, identity: identity, invitation: invitation).play(at: listen)
        }
        let liar = Liar(LyingPeer(id: identity.id))
        try await LyingPeer.serve(liar, as: identity, at: listen) { desk, port in
            let stage = try await Stage(
                identity: identity, liar: liar, desk: desk, port: port, invitation: invitation, count: count)
            do {
                try await play.run(on: stage)
                await stage.victim.close()
            } catch {
                await stage.victim.close()
                throw error
            }
        }
    }
}

/// The attacks.
enum Play: String, CaseIterable, ExpressibleByArgument {
    case relay, replace, replay, deep, fill, mass, say, flood, babble, rubbish, words, visits, strangers, handshakes,
        neighbour
    case deflateBomb = "deflate-bomb"
    case endlessList = "endless-list"
    case longLine = "long-line"

    var bomb: Bomb.Kind? {
        switch self {
        case .deflateBomb: .deflate
        case .endlessList: .endless
        case .longLine: .line
        default: nil
        }
    }

    func run(on stage: Stage) async throws {
        switch self {
        case .relay: try await stage.relay()
        case .replace: try await stage.replace()
        case .replay: try await stage.replay()
        case .deep: try await stage.deep()
        case .fill: try await stage.fill()
        case .mass: try await stage.mass()
        case .say: try await stage.say()
        case .flood: try await stage.flood()
        case .babble: try await stage.babble()
        case .rubbish: try await stage.rubbish()
        case .words: try await stage.words()
        case .visits: try await stage.visits()
        case .strangers, .handshakes, .neighbour, .deflateBomb, .endlessList, .longLine: break
        }
    }
}
