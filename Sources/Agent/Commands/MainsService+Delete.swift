import Catalogue
import Control
import Foundation
import Logging
import Model
import Planning

/// Deleting and restoring.
extension MainsService {
    func delete(_ paths: [RelativePath], dryRun: Bool) -> Answers {
        .running { answers in
            var tally = Tally(answers)
            guard !paths.isEmpty else { throw ControlFailure(.usage, "Name the images to delete.") }
            let named = Set(paths.map(\.description))
            let images = try await images(at: paths, &tally)
            let situations = try await catalogue.situations(of: images.map(\.image))
            if dryRun {
                for ((path, image), situation) in zip(images, situations) {
                    tally.done(
                        ImageOutcome(
                            path: path, image: image, outcome: .wouldDelete, bytes: Self.bytes(situation),
                            reason: Self.others(situation, than: path, named)))
                }
                return tally.finish()
            }
            let (catalogue, id, wall) = (catalogue, node.id, node.clock.wall)
            let words = images.map { (image: $0.image, path: $0.path) }
            try await shielded { try await catalogue.say(deleted: true, of: words, by: id, at: wall) }
            node.logger.notice("deleted", metadata: ["images": "\(images.count)"])
            node.listChanged()
            await node.steering.consider(images.map(\.image))
            let after = try await catalogue.situations(of: images.map(\.image))
            for ((path, image), (before, now)) in zip(images, zip(situations, after)) {
                var notes = [Self.others(before, than: path, named)].compactMap(\.self)
                guard now.isDeleted else {
                    tally.notDone(
                        ImageOutcome(
                            path: path, image: image, outcome: .failed,
                            reason: "it was taken back for good, and cannot be deleted any more"), mayWorkLater: false)
                    continue
                }
                if let own = now.own.first {
                    let holds = try await catalogue.holds(on: image, at: node.clock.now)
                    let names = holds.map { node.peers.name(of: $0.peer) }.joined(separator: " and ")
                    notes.append(
                        !holds.isEmpty
                            ? "\(names), evicting its own, relies on the main here; it goes when that is over, within minutes"
                            : node.problems[own.file.description]?.reason ?? "the file here goes a little later")
                }
                tally.done(
                    ImageOutcome(
                        path: path, image: image, outcome: .deleted,
                        bytes: Self.bytes(before),
                        reason: notes.isEmpty ? nil : notes.joined(separator: "; ")))
            }
            tally.finish()
        }
    }

    /// The other paths of the same image, none of which is named.
    private static func others(_ situation: Situation, than path: RelativePath, _ named: Set<String>) -> String? {
        let others = Set((situation.own.map(\.info.path) + situation.claims.map(\.info.path)).map(\.description))
            .filter { other in
                other != path.description && !named.contains { other == $0 || other.hasPrefix($0 + "/") }
            }
        guard !others.isEmpty else { return nil }
        return "it is the same image as \(others.sorted().joined(separator: ", ")), which goes too"
    }

    private static func bytes(_ situation: Situation) -> Int64 {
        situation.main?.info.bytes ?? situation.claims.first?.info.mainBytes ?? 0
    }

    func dismiss(_ paths: [RelativePath]) async throws -> [DismissLine] {
        var lines: [DismissLine] = []
        for path in paths {
            let images = try await node.images(at: path)
            let situations = try await catalogue.situations(of: images.map(\.image))
            let catalogue = catalogue
            try await shielded { try await catalogue.dismiss(images.map { ($0.image, $0.path) }) }
            await node.steering.consider(images.map(\.image))
            let mains = situations.count { $0.main != nil }
            lines.append(DismissLine(path: path, images: Set(images.map(\.image)).count, mains: mains))
        }
        node.bulletin.post()
        return lines
    }

    func restore(_ paths: [RelativePath], deleted: Bool) async throws -> [RestoreLine] {
        var lines: [RestoreLine] = []
        for path in paths {
            var words = try await catalogue.deletions(at: path.description)
            let withdrawn = try await catalogue.withdrawDismissals(at: path.description)
            await node.steering.consider(withdrawn)
            if !withdrawn.isEmpty && !deleted {
                let isFolder = words.contains { $0.path != path }
                lines += isFolder ? words.map { RestoreLine(path: $0.path, outcome: .stillDeleted) } : []
                if isFolder { words = [] }
            }
            let (catalogue, id, wall) = (catalogue, node.id, node.clock.wall)
            if !words.isEmpty {
                let images = words.map { ($0.image, $0.path) }
                try await shielded { try await catalogue.say(deleted: false, of: images, by: id, at: wall) }
                node.listChanged()
                await node.steering.consider(words.map(\.image))
                lines += words.map { RestoreLine(path: $0.path, outcome: .undeleted) }
            }
            if !withdrawn.isEmpty {
                lines.append(RestoreLine(path: path, outcome: .restored))
            } else if words.isEmpty {
                let isKnown = try await !catalogue.images(at: path).isEmpty
                lines.append(RestoreLine(path: path, outcome: isKnown ? .here : .unknown))
            }
        }
        return lines
    }

    func trash() async throws -> [TrashLine] {
        let now = try await catalogue.nodeTime()
        var lines: [TrashLine] = []
        for aside in try await catalogue.asides(in: .trash).reversed() {
            let word = try await catalogue.deletion(of: aside.own.info.image)?.word
            let left = aside.since + Int64(node.configuration.policy.trashDays) * 86_400 - now
            lines.append(
                TrashLine(
                    path: aside.own.info.path, image: aside.own.info.image, bytes: aside.own.info.bytes,
                    deleted: word.map { Date(timeIntervalSince1970: TimeInterval($0.at)) },
                    by: word.flatMap { $0.by == node.id ? node.name : node.peers.knownName(of: $0.by) },
                    daysLeft: Int(max(0, (left + 86_399) / 86_400)), form: aside.own.info.form))
        }
        return lines
    }

    func emptyTrash(_ paths: [RelativePath]) async throws -> EmptiedTrash {
        _ = try await shelf.demandSoon()
        var emptied = EmptiedTrash(images: 0, bytes: 0)
        for aside in try await catalogue.asides(in: .trash) {
            let path = aside.own.info.path.description
            guard paths.isEmpty || paths.contains(where: { path == $0.description || path.hasPrefix("\($0)/") }) else {
                continue
            }
            // What was restored just now is on its way back.
            do {
                let isGone = try await CommandWaits.during("this machine removes \(aside.own.file.name) for good") {
                    try await caretaker.purge(aside)
                }
                guard isGone else { continue }
            } catch {
                node.problems.report(
                    ".mainstay/\(aside.folder.rawValue)/\(aside.name)", "It could not be removed: \(error)")
                continue
            }
            emptied.images += 1
            emptied.bytes += aside.own.info.bytes
        }
        node.bulletin.post()
        return emptied
    }
}
