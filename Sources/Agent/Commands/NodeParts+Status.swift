import Catalogue
import Control
import Discovery
import Foundation
import Model
import Planning

/// What `status`, `peers` and `why` show.
extension NodeParts {
    func statusReport() async throws -> StatusReport {
        let household = try await household()
        let own = catalogue.ownCounts
        let state = library.state
        let work = fetcher.counts
        let copying = copies.counts
        var running = progress.lines
        let trash = try await catalogue.asideSize(in: .trash)
        let versions = try await catalogue.asideSize(in: .versions)
        let verified = try await verifier.report()
        let peers = try await peerLines()
        let edits = try await catalogue.openEdits()
        let damaged = try await catalogue.damagedImages()
        tellOfNames(household)
        tellOfTypes(household)
        try await tellOfReview()
        var leftAlone = library.leftAlone
        if leftAlone != nil {
            let others = try await catalogue.passedOver()
            leftAlone?.empty = others.empty
            leftAlone?.runnable += others.runnable
        }
        let isRound = verified.progress.done < verified.progress.total
        if work.pending + work.running == 0 { running.removeAll { $0.phase == .getting } }
        return StatusReport(
            node: StatusReport.Node(
                id: id, name: name, keep: settings.policy.keep,
                uptimeSeconds: Int((ContinuousClock.now - vitals.started) / .seconds(1)), port: vitals.port,
                discovery: discovery),
            library: StatusReport.Library(
                path: configuration.library, state: state.reported, images: household.images, mains: own.mains,
                reduced: own.reduced, missing: household.missing, mainBytes: own.mainBytes,
                reducedBytes: own.reducedBytes, elsewhereBytes: own.elsewhereBytes,
                limit: settings.policy.limit, trashImages: trash.images, trashBytes: trash.bytes,
                trashDays: settings.policy.trashDays, versionsBytes: versions.bytes,
                leftAlone: leftAlone),
            peers: peers,
            work: StatusReport.Work(
                pending: work.pending + copying.pending, running: work.running + copying.running, failed: work.failed,
                edits: edits, progress: running),
            safety: StatusReport.Safety(
                atRisk: household.atRisk, damaged: damaged, paused: state.reason,
                lastVerified: verified.ended, verifyDone: isRound ? verified.progress.done : nil,
                verifyTotal: isRound ? verified.progress.total : nil),
            problems: problems.lines)
    }

    /// What peers say that waits for an answer here.
    func reviewLines() async throws -> [ReviewLine] {
        let deletions = try await catalogue.heldDeletions().map { held in
            ReviewLine(
                kind: .deleted, id: held.peer, name: peers.name(of: held.peer), images: held.words.count,
                paths: held.words.prefix(ReviewLine.mostPaths).map(\.path),
                since: Date(timeIntervalSince1970: TimeInterval(held.words.first?.at ?? 0)))
        }
        let words = try await vitals.heldWords(catalogue, limit: ReviewLine.mostPaths).map { held in
            ReviewLine(
                kind: held.kind.reviewed, id: held.peer, name: peers.name(of: held.peer), images: held.count,
                paths: held.first.map(\.here), names: held.kind == .name ? held.first.map(\.path) : nil,
                since: held.since.map { Date(timeIntervalSince1970: TimeInterval($0)) })
        }
        return deletions + words
    }

    private func tellOfReview() async throws {
        let subject = "review"
        let lines = try await reviewLines()
        if lines.isEmpty { return problems.withdraw(subject) }
        let what = lines.map { line in
            let images = line.images == 1 ? "1 image" : "\(line.images) images"
            return switch line.kind {
            case .deleted: "\(line.name) deletes \(images) at once"
            case .renamed: "\(line.name) renames \(images) at once"
            case .edited: "\(line.name) edits \(images) at once"
            case .adjusted: "\(line.name) has \(images) edited here at once"
            case .claimed: "\(line.name) says that it edited \(images), which it was never seen to have"
            }
        }
        let reason =
            "\(what.joined(separator: "; ")): they stay here until you answer; `syncctl review` shows them and asks."
        if problems[subject]?.reason != reason { problems.report(subject, reason) }
    }

    /// What does not have its name is not as it should be.
    private func tellOfNames(_ household: HouseholdCounts) {
        let subject = "names"
        if household.beside == 0 { return problems.withdraw(subject) }
        let more = household.beside - household.firstBeside.count
        let names =
            household.firstBeside.map { "'\($0)'" }.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
        let reason =
            household.beside == 1
            ? "\(names) stands beside the name that it has elsewhere, as another photo has that here, or this disk cannot: "
                + "give it another name, on any machine that has it whole."
            : "\(names) stand beside the names that they have elsewhere, as other photos have those here, or this disk "
                + "cannot: give them other names, on any machine that has them whole."
        if problems[subject]?.reason != reason { problems.report(subject, reason) }
    }

    /// What nobody makes reduced copies of does not come by waiting.
    private func tellOfTypes(_ household: HouseholdCounts) {
        let subject = "formats"
        let known = peers.reduces
        let stuck = household.missingTypes.filter { missing in
            settings.policy.keep == .reduced && ImageType.withPicture.contains(missing.type)
                && missing.holders.allSatisfy { known[$0].map { !$0.contains(missing.type) } ?? false }
        }
        if stuck.isEmpty { return problems.withdraw(subject) }
        let what = stuck.map { missing in
            let names = missing.holders.map { peers.name(of: $0) }.joined(separator: " and ")
            return "\(missing.images) \(missing.type.rawValue.uppercased()) on \(names)"
        }
        let reason =
            "No reduced copy is made of \(what.joined(separator: ", ")): the decoder is not installed there, or Mainstay is older. "
            + "Install the package mainstay-decoder there and start syncd again, or update; `syncctl fetch` gets the originals "
            + "meanwhile."
        if problems[subject]?.reason != reason { problems.report(subject, reason) }
    }

    private var discovery: StatusReport.Node.Discovery {
        switch nearby?.state {
        case nil: .off
        case .available?: .on
        case .starting?, .unavailable?: .waiting
        }
    }

    private func household() async throws -> HouseholdCounts {
        try await vitals.household(catalogue, target: settings.policy.copiesTarget, silent: peers.silent)
    }

    func peerLines() async throws -> [PeerLine] {
        let household = try await household()
        var lines: [PeerLine] = []
        for peer in peers.all {
            let link = peer.link
            lines.append(
                PeerLine(
                    id: peer.row.id, name: peer.row.name, state: link.isConnected ? .connected : .offline,
                    address: link.address, images: household.ofPeers[peer.row.id] ?? 0,
                    inSync: link.announced != nil && link.announced == catalogue.mirrorDigest(of: peer.row.id),
                    lastSeen: link.seen.map { Date(timeIntervalSince1970: TimeInterval($0)) },
                    refused: household.refused[peer.row.id] ?? 0, problem: link.problem,
                    rights: peer.row.standing.rights,
                    asks: peer.row.standing.decision == .open && link.keep == .mains))
        }
        return lines
    }

    /// The report about one image, under the path that was asked about.
    ///
    /// - Parameter eviction: what evicting its main here would come to, as a clause; nil when no main is here.
    func why(
        _ situation: Situation, _ decision: Decision, asked path: RelativePath, eviction: String?
    ) async throws -> WhyReport {
        let own = situation.own.first { $0.info.path == path || $0.file == path } ?? situation.own.first
        let aside = try await catalogue.asides().first { $0.own.info.image == situation.image }
        let known = own?.info ?? situation.claims.first { $0.info.path == path }?.info ?? situation.claims.first?.info
        let lead = known ?? aside?.own.info
        let proofs = try await catalogue.proofs(of: situation.image)
        let holds = try await catalogue.holds(on: situation.image, at: clock.now)
        let (now, date) = (clock.now, Date.now)
        var (what, reason) = step(decision)
        var wanted = own?.origin
        if case .move(_, let to) = decision, wanted == nil { wanted = to.path }
        if let own, let wanted, own.info.path.isDisambiguation(of: wanted) {
            let name = "another photo has its name, '\(wanted)', here"
            if case .move(_, let to) = decision, to.path == wanted {
                (what, reason) = ("nothing", "\(name), until that is free")
            } else {
                reason += "; \(name)"
            }
        }
        if let eviction { reason += "; " + eviction }
        return WhyReport(
            path: lead?.path ?? path, image: situation.image, type: lead?.type ?? .jpeg,
            mainBytes: lead?.mainBytes ?? 0,
            size: lead?.size,
            duration: ([lead] + situation.claims.map(\.info)).compactMap { $0?.seconds }.first,
            here: WhyReport.Here(
                form: HeldForm(own?.info.form), file: own?.file, bytes: own?.info.bytes ?? 0, edge: own?.info.edge,
                dismissed: situation.isDismissed),
            elsewhere: situation.claims.compactMap { claim in
                guard let peer = peers[claim.peer] else { return nil }
                return WhyReport.Copy(
                    id: claim.peer, name: peer.row.name, form: claim.info.form, path: claim.info.path,
                    connected: peer.link.isConnected,
                    lastSeen: peer.link.seen.map { Date(timeIntervalSince1970: TimeInterval($0)) },
                    proved: proofs[claim.peer].map { Date(timeIntervalSince1970: TimeInterval($0)) })
            },
            next: WhyReport.Step(what: what, reason: reason),
            obstacles: Set([path, lead?.path, own?.file].compactMap { $0?.description }).sorted()
                .compactMap { problems[$0] },
            deleted: situation.deletion.flatMap { word in
                guard word.isDeleted else { return nil }
                return WhyReport.Deletion(
                    at: Date(timeIntervalSince1970: TimeInterval(word.at)),
                    by: word.by == id ? name : peers.name(of: word.by), inTrashHere: !situation.trash.isEmpty)
            },
            damaged: aside?.folder == .damaged && situation.main == nil ? aside?.name : nil,
            holds: situation.main == nil
                ? []
                : holds.map { hold in
                    WhyReport.Hold(
                        by: peers.name(of: hold.peer),
                        until: date.addingTimeInterval((hold.until - now) / .seconds(1)))
                })
    }

    private func step(_ decision: Decision) -> (what: String, reason: String) {
        if case .nothing(.notReduced(let type, let holders)) = decision, !holders.isEmpty,
            ImageType.withPicture.contains(type)
        {
            let names = holders.map { peers.name(of: $0) }.joined(separator: " and ")
            return (
                decision.what,
                "\(type.noun) has a reduced copy only where the decoder is installed, and on \(names) it is not, or "
                    + "Mainstay is older; `syncctl fetch` gets the original"
            )
        }
        guard case .get = decision else { return (decision.what, decision.why) }
        return ("\(decision.what) from \(sources(of: decision))", decision.why)
    }

    /// The names of the peers that a file is got from; nothing when none is.
    func sources(of decision: Decision) -> String {
        guard case .get(let wish) = decision else { return "" }
        return wish.sources.map { peers.name(of: $0) }.joined(separator: " or ")
    }
}

extension HeldWords.Kind {
    /// As `review` has it.
    var reviewed: ReviewLine.Kind {
        switch self {
        case .name: .renamed
        case .edit: .edited
        case .foreignEdit: .claimed
        case .recipe: .adjusted
        }
    }
}

extension ReviewLine.Kind {
    /// As the catalogue has it; nil for deletions.
    var held: HeldWords.Kind? {
        switch self {
        case .deleted: nil
        case .renamed: .name
        case .edited: .edit
        case .claimed: .foreignEdit
        case .adjusted: .recipe
        }
    }
}
