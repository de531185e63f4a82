import Model
import Planning

/// Answering peers.
extension SimNode {
    /// Answers now, or starts what will.
    func serve(_ message: Message, _ request: Request) {
        guard isUp, isReady else { return house.answer(message, .refused(isPassing: true)) }
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
            guard let row = catalogue.main(of: image), let file = try? disk.read(row.file) else {
                return house.answer(message, .refused(isPassing: true))
            }
            house.answer(message, .half(of: file.content))
        case .hold(let image, let nonce, let seconds):
            start(Job("hold image \(image) for \(Names.people[message.from])", hold(image, nonce, seconds, message)))
        }
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

    /// Promise first, durably; then read; then answer.
    private func hold(_ image: Int, _ nonce: Bytes32, _ seconds: Int, _ message: Message) -> Next {
        .step("promises") { node in
            var refusal: Custody.Refusal?
            try node.transaction { catalogue in
                var custody = catalogue.custody(of: image)
                if node.breaks(.holdWhileEvicting) { custody.isEvicting = false }
                if node.breaks(.markNotDurable) {
                    custody.isEvicting =
                        custody.isEvicting || node.jobs.contains { $0.name == "evict" && $0.image == image }
                }
                refusal = custody.refusalToHold
                if refusal == nil, !node.breaks(.holdNotDurable) {
                    catalogue.hold(image, for: message.from, seconds: seconds, at: node.milliseconds)
                }
            }
            if let refusal {
                node.house.tell("\(node.name): refuses, \(refusal)")
                node.house.answer(message, .refused(isPassing: refusal == .evicting))
                return .over
            }
            return .step("reads it") { try $0.readForHold(image, nonce, seconds, message) }
        }
    }

    private func readForHold(_ image: Int, _ nonce: Bytes32, _ seconds: Int, _ message: Message) throws -> Next {
        if breaks(.holdNotDurable) { catalogue.hold(image, for: message.from, seconds: seconds, at: milliseconds) }
        if breaks(.holdWithoutReading) {
            grant(message, image, Names.proof(nonce: nonce, of: .main(image)), seconds, readAt: house.now)
            return .over
        }
        guard let row = catalogue.main(of: image) else { return takeBack(image, message) }
        let file: SimFile
        do { file = try disk.read(row.file) } catch DiskFault.notFound {
            return takeBack(image, message)
        } catch {
            house.answer(message, .refused(isPassing: true))
            return .over
        }
        guard file.content == .main(image) else {
            if file.stamp == row.stamp { foundDamaged(row) } else { needsScan = true }
            return takeBack(image, message)
        }
        if breaks(.holdUnsynced) {
            return try answerHold(image, nonce, seconds, message, file.content, readAt: house.now)
        }
        let readAt = house.now
        // What was read may be in the machine's memory alone: a file that somebody has just put there.
        return .step("syncs it") { node in
            try node.disk.sync(row.file)
            try node.disk.syncFolders()
            return try node.answerHold(image, nonce, seconds, message, file.content, readAt: readAt)
        }
    }

    private func answerHold(
        _ image: Int, _ nonce: Bytes32, _ seconds: Int, _ message: Message, _ content: Content,
        readAt: Int
    ) throws -> Next {
        // Reading may have taken longer than the promise lasts.
        let isPromised = catalogue.holds.contains {
            $0.image == image && $0.peer == message.from && $0.until > milliseconds
        }
        guard isPromised || breaks(.holdAnsweredLate) else {
            house.answer(message, .refused(isPassing: true))
            return .over
        }
        grant(message, image, Names.proof(nonce: nonce, of: content), seconds, readAt: readAt)
        return .over
    }

    private func grant(_ message: Message, _ image: Int, _ proof: Bytes32, _ seconds: Int, readAt: Int) {
        house.ghost.granted(self, image, message, seconds, readAt: readAt)
        house.answer(message, .held(proof: proof, seconds: seconds, holderUntil: wall + seconds * 1000))
    }

    private func takeBack(_ image: Int, _ message: Message) -> Next {
        .step("takes the promise back") { node in
            try node.transaction { $0.holds.removeAll { $0.image == image && $0.peer == message.from } }
            node.house.answer(message, .refused(isPassing: false))
            return .over
        }
    }
}
