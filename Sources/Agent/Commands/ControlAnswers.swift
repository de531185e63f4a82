import Catalogue
import Control
import Discovery
import Foundation
import Logging
import Model
import Planning

/// What this node answers to the person at its terminal.
struct ControlAnswers: NodeControl {
    let node: NodeParts
    let library: LibraryService
    let content: Content
    let mains: MainsService
    let edits: EditService
    let exporter: Exporter
    let pairing: PairingService
    let doctor: Doctor
    let settingsService: SettingsService

    func status() async throws -> StatusReport { try await node.statusReport() }

    func statusChanges() -> AsyncStream<StatusReport> {
        let changes = StatusChanges(node: node)
        return AsyncStream { await changes.next() }
    }

    func images(under path: String, form: HeldForm?) -> AsyncThrowingStream<[ImageLine], any Error> {
        let cursor = ListCursor(catalogue: node.catalogue, peers: node.peers, name: node.name, path: path, form: form)
        return AsyncThrowingStream { try await cursor.next() }
    }

    func known(_ paths: [RelativePath]) async throws -> [RelativePath] {
        var known: [RelativePath] = []
        for path in paths where try await node.catalogue.knowsImages(under: path) { known.append(path) }
        return known
    }

    func why(_ path: RelativePath) async throws -> WhyReport {
        let situations = try await node.catalogue.situations(of: try await node.catalogue.images(at: path))
        guard let situation = situations.first(where: { !$0.own.isEmpty }) ?? situations.first else {
            if let problem = node.problems[path.description] { throw ControlFailure(.failed, problem.reason) }
            throw ControlFailure(
                .notFound, "No image is known at '\(path)'; `syncctl ls` lists those that are, by their mains' paths.")
        }
        let decision = await node.planner().decide(situation)
        let eviction = await mains.evictionClause(of: situation)
        var report = try await node.why(situation, decision, asked: path, eviction: eviction)
        report.endIsMissing = await endIsMissing(in: situation, asked: path)
        await tellCapture(of: &report, situation, asked: path)
        try await tellGroup(of: &report)
        return report
    }

    private func tellGroup(of report: inout WhyReport) async throws {
        var groups = FolderGroups(node.catalogue)
        guard let group = try await groups.group(of: report.path) else { return }
        guard group.lead.path == report.path else {
            report.group = group.lead.path
            return
        }
        let listed = try await node.catalogue.list(at: group.parts.map(\.path))
        report.parts = group.parts.compactMap { part in
            listed[part.path].map { ListCursor.part(part, $0, name: node.name, peers: node.peers) }
        }
    }

    func why(folder: String) async throws -> FolderReport {
        var summary = FolderSummary(
            path: folder, target: node.settings.policy.copiesTarget, silent: node.peers.silent)
        var last: (path: RelativePath, image: ImageID)?
        let planner = await node.planner()
        while true {
            let page = try await node.catalogue.list(under: folder, after: last, limit: 500)
            for situation in try await node.catalogue.situations(of: summary.new(page.map(\.info.image))) {
                let decision = planner.decide(situation)
                let eviction = await mains.evictionClause(of: situation)
                summary.add(situation, decision, from: node.sources(of: decision), eviction: eviction)
            }
            guard page.count == 500, let end = page.last else { break }
            last = (end.info.path, end.info.image)
        }
        let report = summary.finished(peers: node.peers, problems: node.problems.lines)
        guard report.images > 0 || folder.isEmpty else {
            throw ControlFailure(
                .notFound, "No image is known at or below '\(folder)'; `syncctl ls` lists those that are.")
        }
        return report
    }

    func settings() async throws -> SettingsReport { try settingsService.report() }

    func reloadSettings() async throws -> SettingsReport { try await settingsService.reload() }

    func nearby() async throws -> [NearbyLine] {
        (node.nearby?.nodes ?? []).map {
            NearbyLine(
                id: $0.id, name: $0.name, addresses: $0.addresses.map(\.description),
                paired: node.peers.isTrusted($0.id))
        }
    }

    func peers() async throws -> [PeerLine] { try await node.peerLines() }

    func unpair(_ peer: String) async throws -> PeerLine {
        let match = try choose(peer, for: "unpair")
        let line = try await line(of: match)
        let images = try await node.peers.unpair(match.row.id)
        await pairing.forget(match.row.id)
        node.logger.notice("unpaired", metadata: ["peer": "\(match.row.name)", "id": "\(match.row.id.short)"])
        await node.steering.consider(images)
        return line
    }

    private func choose(_ peer: String, for command: String) throws -> TrustedPeers.Peer {
        let all = node.peers.all
        let nodes = all.map { ($0.row.name, $0.row.id) }
        guard let place = try PeerChoice.index(of: peer, among: nodes, kind: "peers", command: command) else {
            throw ControlFailure(
                .notFound, "No peer is called '\(peer)', and no peer's id begins so; see `syncctl peers`.")
        }
        return all[place]
    }

    private func line(of peer: TrustedPeers.Peer) async throws -> PeerLine {
        guard let line = try await node.peerLines().first(where: { $0.id == peer.row.id }) else {
            throw ControlFailure(.tryAgain, "The peer '\(peer.row.name)' was just unpaired by another command.")
        }
        return line
    }

    func change(_ request: RightsRequest) async throws -> PeerLine {
        let peer = try choose(request.peer, for: request.deny.isEmpty ? "allow" : "deny")
        let images = try await node.peers.change(peer.row.id) { standing in
            standing.rights = (request.rights ?? standing.rights).allowing(request.allow).denying(request.deny)
            // Whoever says anything of its copies has answered the question; whoever says anything else has taken it from
            // the peer's first word.
            let said = request.allow.union(request.deny)
            let isAnswer = request.rights != nil || !said.isDisjoint(with: [.keeps, .shares])
            if isAnswer {
                standing.decision = .made
            } else if standing.decision == .firstWord {
                standing.decision = .open
            }
        }
        guard let images, let rights = node.peers[peer.row.id]?.row.standing.rights else {
            throw ControlFailure(.tryAgain, "The peer '\(peer.row.name)' was just unpaired by another command.")
        }
        node.logger.notice(
            "rights changed",
            metadata: [
                "peer": "\(peer.row.name)", "id": "\(peer.row.id.short)",
                "rights": "\(rights.names.joined(separator: " "))",
            ])
        await node.steering.consider(images)
        return try await line(of: peer)
    }

    func review() async throws -> [ReviewLine] { try await node.reviewLines() }

    func answer(_ answer: ReviewAnswer) async throws -> [ReviewLine] {
        let peer = try answer.peer.map { try choose($0, for: "review") }
        let lines = try await node.reviewLines().filter { line in
            (peer == nil || line.id == peer?.row.id) && (answer.kind == nil || line.kind == answer.kind)
        }
        guard !lines.isEmpty else { throw ControlFailure(.notFound, "Nothing waits for an answer here.") }
        let (catalogue, id, wall) = (node.catalogue, node.id, node.clock.wall)
        if let shown = answer.images, lines.reduce(0, { $0 + $1.images }) != shown {
            throw ControlFailure(.tryAgain, "There is more of it by now: run `syncctl review` again, and look at it.")
        }
        for line in lines {
            let images = try await shielded {
                if let kind = line.kind.held {
                    return try await catalogue.answerHeldWords(of: line.id, kind: kind, counts: answer.accepts)
                }
                return try await catalogue.answerHeld(of: line.id, deletes: answer.accepts, by: id, at: wall)
            }
            node.logger.notice(
                "a question was answered",
                metadata: [
                    "peer": "\(line.name)", "kind": "\(line.kind.rawValue)", "images": "\(line.images)",
                    "yes": "\(answer.accepts)",
                ])
            await node.steering.consider(images)
        }
        return lines
    }

    func invite(as rights: PeerRights?) async throws -> InviteReport { try await pairing.invite(as: rights) }

    func join(_ line: String, as rights: PeerRights?) async throws -> PairedReport {
        try await pairing.join(line, as: rights)
    }

    func pair(
        with target: String?, as rights: PeerRights?
    ) -> AsyncThrowingStream<PairingMessage, any Error> { pairing.pair(with: target, as: rights) }

    func confirmPairing(attempt: String, yes: Bool) async throws {
        try await pairing.confirm(attempt: attempt, yes: yes)
    }

    func scan(acceptRemovals: Bool) -> AsyncThrowingStream<ScanMessage, any Error> {
        scan(acceptRemovals ? .removed : .asked)
    }

    func newLibrary() -> AsyncThrowingStream<ScanMessage, any Error> { scan(.lost) }

    private func scan(_ missing: LibraryService.Missing) -> AsyncThrowingStream<ScanMessage, any Error> {
        let library = library
        return .running { continuation in
            let report = try await library.scan(missing) { continuation.yield(.progress($0)) }
            continuation.yield(.done(report))
        }
    }

    func fetch(_ paths: [RelativePath], alone: Bool) -> AsyncThrowingStream<WorkMessage, any Error> {
        mains.fetch(paths, alone: alone)
    }

    func evict(_ request: EvictRequest) -> AsyncThrowingStream<WorkMessage, any Error> { mains.evict(request) }

    func free(bytes: Int64, dryRun: Bool) -> AsyncThrowingStream<WorkMessage, any Error> {
        mains.free(bytes: bytes, dryRun: dryRun)
    }

    func delete(_ request: DeleteRequest) -> AsyncThrowingStream<WorkMessage, any Error> { mains.delete(request) }

    func trash() async throws -> [TrashLine] { try await mains.trash() }

    func emptyTrash(_ paths: [RelativePath]) async throws -> EmptiedTrash { try await mains.emptyTrash(paths) }

    func verify(_ request: VerifyRequest) -> AsyncThrowingStream<WorkMessage, any Error> { mains.verify(request) }

    func restore(_ paths: [RelativePath], deleted: Bool, alone: Bool) async throws -> [RestoreLine] {
        try await mains.restore(paths, deleted: deleted, alone: alone)
    }

    func dismiss(_ paths: [RelativePath], alone: Bool) async throws -> [DismissLine] {
        try await mains.dismiss(paths, alone: alone)
    }

    func edit(_ request: EditRequest) -> AsyncThrowingStream<EditMessage, any Error> { edits.edit(request) }

    func edits(under paths: [RelativePath]) -> AsyncThrowingStream<[EditLine], any Error> { edits.edits(under: paths) }

    func export(_ request: ExportRequest) async throws -> Export { try await exporter.export(request) }

    func doctor() async throws -> [DoctorFinding] { await doctor.findings() }
}
