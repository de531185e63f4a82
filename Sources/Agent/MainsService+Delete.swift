import Catalogue
import Control
import Foundation
import Logging
import Model
import Planning

/// Deleting and restoring.
extension MainsService {
    func delete(_ paths: [RelativePath]) -> Answers {
        .running { answers in
            var tally = Tally(answers)
            guard !paths.isEmpty else { throw ControlFailure(.usage, "Name the images to delete.") }
            let named = Set(paths.map(\.description))
            let images = try await images(at: paths, &tally)
            let situations = try await catalogue.situations(of: images.map(\.image))
            let (catalogue, id, wall) = (catalogue, node.id, node.clock.wall)
            let words = images.map { (image: $0.image, path: $0.path) }
            try await shielded { try await catalogue.say(deleted: true, of: words, by: id, at: wall) }
            node.logger.notice("deleted", metadata: ["images": "\(images.count)"])
            node.listChanged()
            await node.steering.consider(images.map(\.image))
            let after = try await catalogue.situations(of: images.map(\.image))
            for ((path, image), (before, now)) in zip(images, zip(situations, after)) {
                let others = Set((before.own.map(\.info.path) + before.claims.map(\.info.path)).map(\.description))
                    .filter { other in
                        other != path.description && !named.contains { other == $0 || other.hasPrefix($0 + "/") }
                    }
                var notes: [String] = []
                if !others.isEmpty {
                    notes.append("it is the same image as \(others.sorted().joined(separator: ", ")), which goes too")
                }
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
                        bytes: before.main?.info.bytes ?? before.claims.first?.info.mainBytes ?? 0,
                        reason: notes.isEmpty ? nil : notes.joined(separator: "; ")))
            }
            tally.finish()
        }
    }

    func restore(_ paths: [RelativePath]) async throws -> [RestoreLine] {
        var lines: [RestoreLine] = []
        for path in paths {
            let words = try await catalogue.deletions(at: path.description)
            let (catalogue, id, wall) = (catalogue, node.id, node.clock.wall)
            if !words.isEmpty {
                let images = words.map { ($0.image, $0.path) }
                try await shielded { try await catalogue.say(deleted: false, of: images, by: id, at: wall) }
                node.listChanged()
                await node.steering.consider(words.map(\.image))
                lines += words.map { RestoreLine(path: $0.path, outcome: .undeleted) }
            }
            let withdrawn = try await catalogue.withdrawDismissals(at: path.description)
            await node.steering.consider(withdrawn)
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
