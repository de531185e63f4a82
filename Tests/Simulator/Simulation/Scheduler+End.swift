import Model
import Planning

/// Faults stop, links heal, time runs: the household comes to rest.
extension Scheduler {
    /// Rounds until all must be quiet: a change crosses a household in as many as it has nodes, and holds end in two.
    private static let rounds = 16

    mutating func settle() {
        guard house.ghost.violation == nil else { return }
        house.tell("-- faults stop --")
        (house.lost, house.twice) = (0, 0)
        house.healLinks()
        for node in house.honest {
            node.disk.presence = .mounted
            node.disk.failure = nil
            if !node.isUp { node.begin() }
            node.needsScan = true
        }
        drain()
        // Whatever waits for an answer, or for a hold's end, has waited long enough.
        house.now += 1_000_000
        for node in house.honest { house.timeOut(node) }
        drain()
        for node in house.honest { node.scan(acceptRemovals: true) }
        drain()
        var isVerified = false
        for round in 0..<Self.rounds where house.ghost.violation == nil {
            if round == 0 { verifyAll() }
            let before = house.nodes.map(\.catalogue.digest.whole)
            // One node after the other: two that follow each other's renames at the very same moments never meet.
            for node in house.honest {
                if node.needsScan || round == 0 { node.scan(acceptRemovals: true) }
                for peer in house.nodes where peer !== node { node.exchange(with: peer.index) }
                drain()
                for image in node.catalogue.images { node.plan(image) }
                drain()
            }
            house.now += 320_000
            for node in house.honest { house.timeOut(node) }
            drain()
            let isQuiet =
                before == house.nodes.map(\.catalogue.digest.whole) && house.honest.allSatisfy { !$0.needsScan }
            guard isQuiet, round > 0 else { continue }
            // What came back from a trash may have rotted there.
            if isVerified { break }
            isVerified = true
            verifyAll()
        }
        guard house.ghost.violation == nil else { return }
        if let sentence = house.unrest() { house.ghost.fail("end", sentence) }
    }

    private mutating func verifyAll() {
        for node in house.honest {
            for row in node.catalogue.rows where row.isMain {
                node.verify(row)
                drain()
            }
        }
    }

    /// Lets all that is under way come to its end.
    private mutating func drain() {
        while house.ghost.violation == nil {
            if let message = house.messages.first {
                house.messages.removeFirst()
                house.deliver(message)
            } else if let (node, job) = firstReady() {
                node.step(job)
            } else {
                return
            }
            countEvent()
            judge(hand: false)
        }
    }

    private func firstReady() -> (SimNode, Job)? {
        for node in house.nodes where node.isUp {
            for job in node.jobs where node.canStep(job) { return (node, job) }
        }
        return nil
    }
}

/// What must be so when all is quiet.
extension Household {
    /// What is not as it must be, as a sentence; nil when all is well.
    func unrest() -> String? {
        for node in honest {
            if let sentence = leftovers(node) ?? unequalMirror(node) ?? wrongRow(node) { return sentence }
        }
        for image in pictures.indices {
            if let sentence = disagreement(image) ?? (liar == nil ? missing(image) : nil) { return sentence }
            if !ghost.unlucky.contains(image), ghost.published.contains(image), !ghost.purged.contains(image),
                copies(of: image) == 0
            {
                return "image \(image) is nowhere any more"
            }
        }
        return nil
    }

    private func leftovers(_ node: SimNode) -> String? {
        if let job = node.jobs.first { return "\(node.name) is still about: \(job.name)" }
        if let mark = node.catalogue.marks.first {
            return "\(node.name) still marks image \(mark.image) as being evicted"
        }
        if let aside = node.catalogue.asides.first(where: { !$0.isDone }) {
            return "\(node.name) still means to move \(aside.name)"
        }
        return node.disk.names(in: "incoming").first { $0.hasSuffix(".evicting") }.map { "\(node.name) leaves \($0)" }
    }

    private func unequalMirror(_ node: SimNode) -> String? {
        for peer in honest where peer !== node {
            let shown = peer.shows(node.index) ? peer.catalogue.digest.whole : .empty
            if node.catalogue.mirrors[peer.index].digest.whole != shown {
                return "\(node.name)'s mirror of \(peer.name) is not its list"
            }
        }
        return nil
    }

    private func wrongRow(_ node: SimNode) -> String? {
        for row in node.catalogue.rows {
            let content = node.disk.files[row.file]?.content
            if row.isMain, content != .main(row.image) { return "\(node.name)'s \(row.file) is not image \(row.image)" }
            if !row.isMain {
                guard case .reduced(row.image, _)? = content else {
                    return "\(node.name)'s \(row.file) is no reduced copy of image \(row.image)"
                }
            }
            if node.catalogue.isDeleted(row.image) { return "\(node.name) still has the deleted image \(row.image)" }
        }
        return nil
    }

    private func disagreement(_ image: Int) -> String? {
        let words = honest.map { $0.catalogue.word(on: image) }
        for (node, word) in zip(honest, words) {
            for (peer, other) in zip(honest, words) where peer !== node && node.hears(peer) {
                if other?.supersedes(word) == true { return "nodes disagree on deleting image \(image)" }
            }
        }
        guard liar == nil, isOfOneMind, ghost.rolledBack.isEmpty, let last = ghost.words[image] else { return nil }
        return words[0]?.isDeleted == last.isDeleted
            ? nil : "a person \(last.isDeleted ? "deleted" : "restored") image \(image), and it is not so"
    }

    /// Whether everybody has what they should of one image.
    private func missing(_ image: Int) -> String? {
        for node in honest where !node.catalogue.isDeleted(image) {
            let catalogue = node.catalogue
            let holders = honest.filter { $0 !== node && node.shares($0) && $0.catalogue.main(of: image) != nil }
            let hasMain = catalogue.main(of: image) != nil
            if !hasMain,
                catalogue.asides.contains(where: {
                    $0.image == image && $0.cause == .deleted && $0.info.form == .main
                })
            {
                return "\(node.name) leaves the restored image \(image) in its trash"
            }
            guard !holders.isEmpty, !hasMain, !catalogue.dismissed.contains(image) else { continue }
            if catalogue.situation(of: image).isReplaced { continue }
            let wantsMain = catalogue.asked[image].map { $0 == .main } ?? (node.policy.keep == .mains)
            let plan = node.planner.decide(catalogue.situation(of: image))
            if wantsMain, node.policy.limit == nil || catalogue.asked[image] == .main {
                return
                    "\(node.name) has no main of image \(image), which \(holders[0].name) holds: \(plan.what), because \(plan.why)"
            }
            if catalogue.rows.contains(where: { $0.image == image }) || pictures[image].type != .jpeg { continue }
            return
                "\(node.name) has nothing of image \(image), which \(holders[0].name) holds: \(plan.what), because \(plan.why)"
        }
        return nil
    }
}
