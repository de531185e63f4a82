import Model
import Planning

/// What people let the machines of others do.
extension Household {
    /// All sets that mean anything.
    private static let sets: [PeerRights] = {
        let sharing: [PeerRights] = [[], .shares, [.shares, .keeps], [.shares, .speaks], [.shares, .keeps, .speaks]]
        return sharing + sharing.map { $0.union(.sees) }
    }()

    /// Anything, as for a machine that was an honest one, and was taken over.
    func anyRights() -> PeerRights { dice.pick(Self.sets) ?? [] }

    /// What a person is likely to say of a machine of the household.
    func usualRights() -> PeerRights {
        switch dice.below(20) {
        case 0: anyRights()
        case 1: .guest
        case 2..<5: .member
        default: .archive
        }
    }

    /// At the beginning everybody is let do something.
    func setRights() {
        for node in honest {
            for peer in nodes where peer !== node {
                let rights = peer.index == liar ? anyRights() : climate.trust == .full ? .archive : usualRights()
                _ = node.catalogue.allow(rights, to: peer.index)
            }
        }
    }

    /// A person changes their mind about a peer, now and then while it is being asked, or has just proved, that it keeps.
    func permit(_ node: SimNode) {
        let busy = honest.filter { node in node.isOpen && node.jobs.contains { $0.task?.asked.isEmpty == false } }
        if let node = dice.pick(busy), dice.chance(600) {
            let asked = node.jobs.compactMap(\.task).flatMap(\.asked).compactMap { Names.number($0.peer) }
            guard let peer = dice.pick(asked) else { return }
            return node.allow(node.catalogue.rights[peer].denying(dice.chance(700) ? .keeps : .shares), to: peer)
        }
        guard let peer = dice.pick(nodes.filter { $0 !== node }) else { return }
        node.allow(peer.index == liar ? anyRights() : usualRights(), to: peer.index)
    }

    /// Whether all of the household's own machines go by each other's words.
    var isOfOneMind: Bool { honest.allSatisfy { node in honest.allSatisfy { $0 === node || node.hears($0) } } }
}
