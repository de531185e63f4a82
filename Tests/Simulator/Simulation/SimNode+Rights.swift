import Model
import Planning

/// What peers may here, as a person says.
extension SimNode {
    /// Whether a peer gets answers.
    func shows(_ peer: Int) -> Bool { catalogue.rights[peer].contains(.sees) || breaks(.answersUnseen) }

    /// Whether the images of a peer come here, as far as it lets this node see them.
    func shares(_ peer: SimNode) -> Bool {
        catalogue.rights[peer.index].contains(.shares) && peer.catalogue.rights[index].contains(.sees)
    }

    /// Whether the words of a peer count here, as far as it lets this node see them.
    func hears(_ peer: SimNode) -> Bool { shares(peer) && catalogue.rights[peer.index].contains(.speaks) }

    /// Whether the copies of enough of these peers count when a main is to leave.
    func counts(_ holders: [Int]) -> Bool {
        breaks(.countsAnybody) || breaks(.rightsNotLookedAtAgain)
            || holders.count { catalogue.rights[$0].contains(.keeps) } >= max(policy.copiesMinimum, 1)
    }

    /// A person says what a peer may from now on.
    func allow(_ rights: PeerRights, to peer: Int) {
        let changed = catalogue.rights[peer].symmetricDifference(rights)
        guard !changed.isEmpty else { return }
        house.tell("a person lets \(Names.people[peer]) do this at \(name): \(rights.names.joined(separator: " "))")
        guard
            let images = try? transaction({
                $0.allow(rights, to: peer, keepsMirror: breaks(.mirrorKept))
            })
        else { return }
        house.ghost.allowed(self)
        consider(images)
        // Its connections end, and it comes again.
        if !changed.isDisjoint(with: [.shares, .speaks]) { news.insert(peer) }
        if changed.contains(.sees) { house.nodes[peer].news.insert(index) }
    }

    /// To a peer that may see nothing, this node is one without images.
    func answerUnshown(_ message: Message, _ request: Request) {
        switch request {
        case .summary: house.answer(message, .summary(.empty, last: 0))
        case .digests(let range):
            house.answer(message, .digests(range.split(into: MirrorDescent.parts).map { _ in .empty }))
        case .records: house.answer(message, .records([], next: nil))
        case .reduced, .main, .hold: house.answer(message, .refused(isPassing: false))
        case .release: break
        }
    }
}

extension Answer {
    /// Whether it tells nothing of images.
    var isEmpty: Bool {
        switch self {
        case .summary(let digest, let last): digest == .empty && last == 0
        case .digests(let digests): digests.allSatisfy { $0 == .empty }
        case .records(let records, let next): records.isEmpty && next == nil
        case .refused, .released: true
        case .reduced, .half, .held: false
        }
    }
}
