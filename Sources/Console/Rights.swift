import ArgumentParser
import Control
import Model

/// A right by its name, as an argument.
struct RightName: ExpressibleByArgument {
    static let all = PeerRights.named.map(\.name)

    let right: PeerRights

    init?(argument: String) {
        guard let right = PeerRights(name: argument) else { return nil }
        self.right = right
    }

    static var allValueStrings: [String] { all }
}

extension [RightName] {
    /// All of these.
    var joined: PeerRights { reduce(into: []) { $0.formUnion($1.right) } }
}

/// `--as ROLE`.
struct RoleOption: ParsableArguments {
    /// A usual set of rights by its name.
    struct Role: ExpressibleByArgument {
        let rights: PeerRights

        init?(argument: String) {
            guard let rights = PeerRights(role: argument) else { return nil }
            self.rights = rights
        }

        static var allValueStrings: [String] { PeerRights.roles.map(\.name) }
    }

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "What the other machine may here: member, guest or archive; see 'syncctl help allow'.", valueName: "role"))
    var role: Role?

    var rights: PeerRights? { role?.rights }
}

/// What a peer may, in words.
enum RightsText {
    /// `archive`, or the rights: `sees, shares`.
    static func name(_ rights: PeerRights) -> String {
        rights.role ?? (rights.isEmpty ? "nothing" : rights.names.joined(separator: ", "))
    }

    /// What follows from them, in one sentence about "it".
    static func sentence(_ rights: PeerRights, peer: String) -> String {
        switch rights {
        case .archive:
            "It is an archive here: its copies count when this machine makes room; 'syncctl deny \(peer) keeps' takes that back."
        case .member: "It is a member here: its copies do not count when this machine makes room."
        case .guest: "It is a guest here: it gets pictures, and nothing of it comes here or counts."
        case []: "It may do nothing here."
        default: "It may do this here: \(rights.names.joined(separator: ", "))."
        }
    }

    /// The question that is open, for a peer that keeps mains.
    static func question(_ peer: String) -> String {
        "\(peer) keeps mains. Its copies count when this machine makes room only if you say so: 'syncctl allow \(peer) "
            + "keeps', or 'syncctl deny \(peer) keeps'."
    }
}

extension Output {
    /// Tells what a peer may now.
    func changed(_ peer: PeerLine, isJSON: Bool) throws {
        if isJSON { return try object(peer) }
        let name = peer.name.printable
        try text("\(name) (\(peer.id.short)): \(RightsText.sentence(peer.rights, peer: name))\n")
    }
}

extension PairedReport {
    /// Who was paired, and what it may.
    var sentences: String {
        let name = name.printable
        let rest =
            keep == nil
            ? "It has not said yet what it keeps: 'syncctl peers' shows then what it may."
            : isOpen && keep == .mains ? RightsText.question(name) : RightsText.sentence(rights, peer: name)
        return "Paired with \(name) (\(id.short)). \(rest)"
    }
}
