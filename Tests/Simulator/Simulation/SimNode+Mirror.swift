import Model
import Planning

/// One exchange with one peer.
final class ExchangeTask {
    let peer: Int
    var summary = Digest.empty
    var last: Model.Record.Sequence = 0
    var descent = MirrorDescent(last: -1, count: 0)
    var rounds = 0

    init(peer: Int) { self.peer = peer }
}

/// Bringing the mirror of a peer's list into step with the list, as the agent's exchange does.
extension SimNode {
    /// Records of one answer: few, so that other things happen in between.
    static let page = 6

    func exchange(with peer: Int) {
        let job = "exchange with \(Names.people[peer])"
        guard !isBusy(job) else { return }
        news.remove(peer)
        let task = ExchangeTask(peer: peer)
        start(Job(job, ask(.summary, of: peer) { try $0.take($2, task) }))
    }

    /// Asks one peer one thing, with a minute for it; the job is over when there is no answer, or a refusal.
    private func ask(
        _ request: Request, of peer: Int, _ body: @escaping (SimNode, Inquiry, Answer) throws -> Next
    ) -> Next {
        // Begun as a step, so that it is sent when the job comes to it.
        .step("asks") { _ in
            .ask([Inquiry(peer: peer, request: request)], seconds: 60) { node, inquiry, answer in
                guard let answer else { return .over }
                return try body(node, inquiry, answer)
            }
        }
    }

    private func take(_ answer: Answer, _ task: ExchangeTask) throws -> Next {
        guard case .summary(let digest, let last) = answer else { return .over }
        (task.summary, task.last) = (digest, last)
        let mirror = catalogue.mirrors[task.peer]
        if mirror.digest.whole == digest { return .over }
        let known = mirror.records.last?.sequence ?? 0
        if last > known {
            return try fetch(SequenceRange(from: known + 1, to: last + 1), task) { try $0.beginDescent(task, known) }
        }
        return try beginDescent(task, known)
    }

    private func beginDescent(_ task: ExchangeTask, _ known: Model.Record.Sequence) throws -> Next {
        if catalogue.mirrors[task.peer].digest.whole == task.summary { return .over }
        task.descent = MirrorDescent(last: max(task.last, known), count: task.summary.count)
        return try descend(task)
    }

    private func descend(_ task: ExchangeTask) throws -> Next {
        task.rounds += 1
        guard task.rounds < 60, let step = try task.descent.next() else { return .over }
        switch step {
        case .compare(let range):
            return ask(.digests(range), of: task.peer) { node, _, answer in
                guard case .digests(let theirs) = answer else { return .over }
                let mine = node.catalogue.mirrorDigests(of: task.peer, range, parts: MirrorDescent.parts)
                guard try task.descent.compared(range, theirs: theirs, mine: mine) else { return .over }
                return try node.descend(task)
            }
        case .fetch(let range): return try fetch(range, task) { try $0.descend(task) }
        case .drop(let range):
            return .step("drops \(range) from the mirror") { node in
                try node.takeRecords([], of: task.peer, in: range)
                return try node.descend(task)
            }
        }
    }

    private func fetch(
        _ range: SequenceRange, _ task: ExchangeTask, _ then: @escaping (SimNode) throws -> Next
    ) throws -> Next {
        guard !range.isEmpty else { return try then(self) }
        return ask(.records(range), of: task.peer) { _, _, answer in
            guard case .records(let records, let next) = answer else { return .over }
            // A peer that does not move on would keep us here for ever.
            let end = next.map { min(max($0, range.from + 1), range.to) } ?? range.to
            return .step("takes in \(records.count) records of \(Names.people[task.peer])") { node in
                try node.takeRecords(records, of: task.peer, in: SequenceRange(from: range.from, to: end))
                return try node.fetch(SequenceRange(from: end, to: range.to), task, then)
            }
        }
    }

    /// Replaces a range of the mirror, and takes over words on deleting, in one transaction.
    private func takeRecords(_ records: [SimRecord], of peer: Int, in range: SequenceRange) throws {
        let before = breaks(.absenceIsDeletion) ? catalogue.mirrors[peer].records : []
        let images = try transaction { catalogue in
            let (images, words) = catalogue.replaceMirror(of: peer, range, with: records, overlooking: overlooked)
            for word in words { catalogue.take(word, lastWriterWins: breaks(.lastWriterWins)) }
            for record in before where range.contains(record.sequence) {
                guard let image = record.image, let info = record.info else { continue }
                guard !catalogue.mirrors[peer].records.contains(where: { $0.image == image }) else { continue }
                if let word = word(deleted: true, image, info.path, in: catalogue) { catalogue.take(word) }
            }
            return images
        }
        house.ghost.heard(self, peer, records.lazy.filter { range.contains($0.sequence) })
        consider(images)
    }

    private var overlooked: PeerRights {
        breaks(.wordsWithoutSpeaks) ? .speaks : breaks(.recordsWithoutShares) ? .shares : []
    }

    /// What a person says here on deleting an image; nil when that is already so.
    func word(deleted: Bool, _ image: Int, _ path: RelativePath, in catalogue: SimCatalogue) -> Deletion? {
        Deletion.word(
            deleted: deleted, image: Names.images[image], path: path, after: catalogue.word(on: image),
            at: Int64(wall / 1000), by: id)
    }
}
