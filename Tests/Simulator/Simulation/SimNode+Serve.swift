import Model
import Planning

/// Answering peers.
extension SimNode {
    /// Answers now, or starts what will.
    func serve(_ message: Message, _ request: Request) {
        guard isUp, isReady else { return house.answer(message, .refused(isPassing: true)) }
        if !shows(message.from) {
            guard case .release = request else { return answerUnshown(message, request) }
        }
        switch request {
        case .summary: house.answer(message, .summary(catalogue.digest.whole, last: catalogue.last))
        case .digests(let range):
            house.answer(message, .digests(catalogue.digests(of: range, parts: MirrorDescent.parts)))
        case .records(let range):
            let all = catalogue.published(in: range)
            let page = Array(all.prefix(Self.page))
            house.answer(message, .records(page, next: all.count > page.count ? all[page.count].sequence : nil))
        case .reduced(let image, let edge): house.answer(message, reduced(image, edge))
        case .main(let image, _):
            guard gives(image), let row = catalogue.main(of: image), let file = try? disk.read(row.file) else {
                return house.answer(message, .refused(isPassing: true))
            }
            house.answer(message, .half(of: file.content))
        case .hold(let image, let nonce, let seconds):
            let asked = Asked(message: message, image: image, nonce: nonce, seconds: seconds, number: house.serial())
            start(Job("hold image \(image) for \(Names.people[message.from])", hold(asked)))
        case .release(let nonce):
            let job = Job(
                "give back a hold of \(Names.people[message.from])",
                .step("ends it") { node in
                    let ended = node.catalogue.holds.filter { node.ends($0, nonce, message.from) }
                    try node.transaction { $0.holds.removeAll { node.ends($0, nonce, message.from) } }
                    node.house.ghost.released(node, message)
                    node.consider(ended.map(\.image))
                    node.house.answer(message, .released)
                    return .over
                })
            start(job)
        }
    }

    /// Whether it gives its main of an image to a peer that asks for it.
    func gives(_ image: Int) -> Bool {
        isOpen && catalogue.main(of: image) != nil && (!catalogue.isMarked(image) || breaks(.servesWhileEvicting))
    }

    private func reduced(_ image: Int, _ edge: Int) -> Answer {
        if let row = catalogue.main(of: image), let file = try? disk.read(row.file), case .main = file.content {
            return .reduced(.reduced(image, edge: edge))
        }
        for row in catalogue.rows where row.image == image && !row.isMain && (row.info.edge ?? 0) >= edge {
            if let file = try? disk.read(row.file), case .reduced(image, _) = file.content {
                return .reduced(file.content)
            }
        }
        return .refused(isPassing: true)
    }

    private func ends(_ hold: SimCatalogue.Hold, _ nonce: Bytes32, _ peer: Int) -> Bool {
        hold.peer == peer && (hold.nonce == nonce || breaks(.releaseEndsAll))
    }

    /// A question for a hold that is being answered.
    private struct Asked {
        var message: Message
        var image: Int
        var nonce: Bytes32
        var seconds: Int
        /// What the promise is withdrawn by.
        var number: Int
    }

    /// Promise first, durably; then sync and read; then answer.
    private func hold(_ asked: Asked) -> Next {
        .step("promises") { node in
            var refusal: Custody.Refusal?
            try node.transaction { catalogue in
                var custody = catalogue.custody(of: asked.image, blind: node.breaks(.holdWhileLeaving))
                if node.breaks(.holdWhileEvicting) { custody.isEvicting = false }
                if node.breaks(.markNotDurable) {
                    custody.isEvicting =
                        custody.isEvicting || node.jobs.contains { $0.name == "evict" && $0.image == asked.image }
                }
                refusal = custody.refusalToHold
                if refusal == nil, !node.breaks(.holdNotDurable) { node.note(asked, in: &catalogue) }
            }
            if let refusal {
                node.house.tell("\(node.name): refuses, \(refusal)")
                node.house.answer(asked.message, .refused(isPassing: refusal == .evicting))
                return .over
            }
            return .step("opens and syncs it") { try $0.open(asked) }
        }
    }

    private func note(_ asked: Asked, in catalogue: inout SimCatalogue) {
        catalogue.hold(
            asked.image, for: asked.message.from, nonce: asked.nonce, seconds: asked.seconds, at: milliseconds,
            number: asked.number)
    }

    private func open(_ asked: Asked) throws -> Next {
        if breaks(.holdNotDurable) { note(asked, in: &catalogue) }
        if breaks(.holdWithoutReading) { return answer(asked, .main(asked.image), openedAt: house.now) }
        guard let row = catalogue.main(of: asked.image) else { return withdraw(asked) }
        let file: SimFile
        do {
            file = try disk.read(row.file)
            // What was read may be in the machine's memory alone: a file that somebody has just put there.
            if !breaks(.holdUnsynced) {
                try disk.sync(row.file)
                try disk.syncFolders()
            }
        } catch {
            return withdraw(asked)
        }
        let openedAt = house.now
        return .step("reads it") { node in
            // Open files are read to their end, whatever becomes of their names.
            let content = node.disk.files[row.file]?.content ?? file.content
            guard content == .main(asked.image) else {
                if file.stamp == row.stamp { node.foundDamaged(row) } else { node.needsScan = true }
                return node.withdraw(asked)
            }
            return node.answer(asked, content, openedAt: openedAt)
        }
    }

    private func answer(_ asked: Asked, _ content: Content, openedAt: Int) -> Next {
        // Reading may have taken longer than the promise lasts.
        let isPromised = catalogue.holds.contains { $0.number == asked.number && $0.until > milliseconds }
        guard isPromised || breaks(.holdAnsweredLate) else {
            house.answer(asked.message, .refused(isPassing: true))
            return .over
        }
        // A person may have said meanwhile that it sees nothing any more: its connection has ended.
        guard shows(asked.message.from) else { return withdraw(asked) }
        house.ghost.granted(self, asked.image, asked.message, asked.nonce, asked.seconds, readAt: openedAt)
        let proof = Names.proof(nonce: asked.nonce, of: content)
        house.answer(
            asked.message, .held(proof: proof, seconds: asked.seconds, holderUntil: wall + asked.seconds * 1000))
        return .over
    }

    /// Nothing was answered, so nothing is owed.
    private func withdraw(_ asked: Asked) -> Next {
        .step("takes the promise back") { node in
            try node.transaction { $0.holds.removeAll { $0.number == asked.number } }
            node.house.answer(asked.message, .refused(isPassing: false))
            return .over
        }
    }
}
