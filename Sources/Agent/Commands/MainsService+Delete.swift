import Catalogue
import Control
import Foundation
import Logging
import Model
import Planning

/// Deleting and restoring.
extension MainsService {
    func delete(_ request: DeleteRequest) -> Answers {
        .running { answers in
            var tally = Tally(answers)
            let paths = request.paths
            guard !paths.isEmpty else { throw ControlFailure(.usage, "Name the images to delete.") }
            let named = Set(paths.map(\.description))
            let members = try await members(of: paths, alone: request.alone ?? false, &tally)
            let (images, situations, staying) = try await goingTogether(members, named)
            let meant = Self.digest(of: images, situations, named)
            if request.dryRun ?? false {
                for ((path, image), situation) in zip(images, situations) {
                    let part = tally.parts[image].map { "it is the \($0.kind.noun) of \($0.of.name)" }
                    let notes = [part, Self.others(situation, than: path, named)] + (staying[path] ?? [])
                    tally.done(
                        ImageOutcome(
                            path: path, image: image, outcome: .wouldDelete, bytes: Self.bytes(situation),
                            reason: Self.clause(notes)))
                }
                tally.summary.agreed = meant
                return tally.finish()
            }
            guard request.agreed ?? meant == meant else {
                throw ControlFailure(
                    .tryAgain,
                    "What is there has changed since you were asked, so nothing was deleted: run the command again.")
            }
            let (catalogue, id, wall) = (catalogue, node.id, node.clock.wall)
            let words = images.map { (image: $0.image, path: $0.path) }
            try await shielded { try await catalogue.say(deleted: true, of: words, by: id, at: wall) }
            node.logger.notice("deleted", metadata: ["images": "\(images.count)"])
            await node.steering.consider(images.map(\.image))
            let after = try await catalogue.situations(of: images.map(\.image))
            for ((path, image), (before, now)) in zip(images, zip(situations, after)) {
                var notes = [Self.others(before, than: path, named)] + (staying[path] ?? [])
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
                        reason: Self.clause(notes)))
            }
            tally.finish()
        }
    }

    /// What ``WorkSummary/agreed`` is of these images.
    private static func digest(
        of images: [(path: RelativePath, image: ImageID)], _ situations: [Situation], _ named: Set<String>
    ) -> Digest {
        zip(images, situations).reduce(into: .empty) { digest, item in
            let (path, image) = item.0
            for path in [path] + otherPaths(item.1, than: path, named) {
                digest.add(Fingerprint(line: Array("\(image) \(path)".utf8)))
            }
        }
    }

    private static func clause(_ notes: [String?]) -> String? {
        let notes = notes.compactMap(\.self)
        return notes.isEmpty ? nil : notes.joined(separator: "; ")
    }

    /// What of the members goes, with what is known of each. What was not named itself, and stands elsewhere too, stays:
    /// phones write the same sidecar beside many pictures.
    ///
    /// - Returns: and what is to be said of that, by the path that was named.
    private func goingTogether(
        _ members: [Member], _ named: Set<String>
    ) async throws -> (images: [(path: RelativePath, image: ImageID)], [Situation], staying: [RelativePath: [String]]) {
        let all = try await catalogue.situations(of: members.map(\.image))
        let meant = named.union(members.map(\.path.description))
        var images: [(path: RelativePath, image: ImageID)] = []
        var (situations, staying): ([Situation], [RelativePath: [String]]) = ([], [:])
        let going = Set(members.lazy.filter { !$0.isPart }.map(\.image))
        var groups = FolderGroups(catalogue)
        var lead: RelativePath?
        for (member, situation) in zip(members, all) {
            if !member.isPart { lead = member.path }
            let other =
                member.isPart ? try await otherPlace(of: member.path, situation, meant, going, &groups) : nil
            if let lead, let other {
                staying[lead, default: []].append("\(member.path.name) stays, as \(other) is the same file")
            } else {
                images.append((member.path, member.image))
                situations.append(situation)
            }
        }
        return (images, situations, staying)
    }

    /// Where else the image of a part stands, so that it does not go with what it belongs to; nil for nowhere.
    ///
    /// - Parameters:
    ///   - meant: the paths that are named, and those of their parts.
    ///   - going: the images that are named.
    private func otherPlace(
        of part: RelativePath, _ situation: Situation, _ meant: Set<String>, _ going: Set<ImageID>,
        _ groups: inout FolderGroups
    ) async throws -> RelativePath? {
        // Its own second name, beside a taken one, is no other place; nor is one beside the same photo in an album.
        for path in Self.otherPaths(situation, than: part, meant) where !path.isDisambiguation(of: part) {
            let group = try await groups.group(of: path)
            let leads = try await catalogue.images(at: group?.lead.path ?? path)
            if !going.isSuperset(of: leads) { return path }
        }
        return nil
    }

    /// The other paths of the same image, none of which is named.
    private static func others(_ situation: Situation, than path: RelativePath, _ named: Set<String>) -> String? {
        let others = otherPaths(situation, than: path, named)
        guard !others.isEmpty else { return nil }
        return "it is the same image as \(others.map(\.description).joined(separator: ", ")), which goes too"
    }

    private static func otherPaths(
        _ situation: Situation, than path: RelativePath, _ named: Set<String>
    ) -> [RelativePath] {
        Set(situation.own.map(\.info.path) + situation.claims.map(\.info.path))
            .filter { $0 != path && !isMeant($0, named) }.sorted()
    }

    /// Whether a path is among those, or lies below one of them.
    private static func isMeant(_ path: RelativePath, _ named: Set<String>) -> Bool {
        var rest = path.description[...]
        while !named.contains(String(rest)) {
            guard let slash = rest.lastIndex(of: "/") else { return false }
            rest = rest[..<slash]
        }
        return true
    }

    private static func bytes(_ situation: Situation) -> Int64 {
        situation.main?.info.bytes ?? situation.claims.first?.info.mainBytes ?? 0
    }

    func dismiss(_ paths: [RelativePath], alone: Bool) async throws -> [DismissLine] {
        var lines: [DismissLine] = []
        var groups = FolderGroups(catalogue)
        var all = paths
        for path in paths where !alone {
            var parts = try await groups.parts(of: path)
            // The name of a reduced copy's file stands for its image.
            if parts.isEmpty, let main = path.mainOfReduced { parts = try await groups.parts(of: main) }
            all += parts.map(\.path).filter { $0 != path.mainOfReduced }
        }
        var seen: Set<RelativePath> = []
        let (named, meant) = (Set(paths), Set(all.map(\.description)))
        var going: Set<ImageID> = []
        for path in paths { going.formUnion(try await node.images(at: path).map(\.image)) }
        for path in all where seen.insert(path).inserted {
            let images = try await node.images(at: path)
            let situations = try await catalogue.situations(of: images.map(\.image))
            // The same sidecar beside another photo: who named this one said nothing of that.
            var other: RelativePath?
            for situation in named.contains(path) ? [] : situations where other == nil {
                other = try await otherPlace(of: path, situation, meant, going, &groups)
            }
            if other != nil {
                lines.append(DismissLine(path: path, images: 0, mains: 0, isShared: true))
                continue
            }
            let catalogue = catalogue
            try await shielded { try await catalogue.dismiss(images.map { ($0.image, $0.path) }) }
            await node.steering.consider(images.map(\.image))
            let mains = situations.count { $0.main != nil }
            lines.append(DismissLine(path: path, images: Set(images.map(\.image)).count, mains: mains))
        }
        return lines
    }

    func restore(_ paths: [RelativePath], deleted: Bool, alone: Bool) async throws -> [RestoreLine] {
        var lines: [RestoreLine] = []
        var seen: Set<RelativePath> = []
        var all = paths
        if !alone { all = try await withGoneParts(paths) }
        for path in all where seen.insert(path).inserted {
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

    /// The paths, and what belongs to those that stand for a group and is gone too.
    private func withGoneParts(_ paths: [RelativePath]) async throws -> [RelativePath] {
        var groups = FolderGroups(catalogue, withGone: true)
        var all: [RelativePath] = []
        for path in paths {
            all.append(path)
            // What is not wanted beside a photo that is there comes back by its own name.
            guard try await groups.isGone(path) else { continue }
            for part in try await groups.parts(of: path) {
                let isGone = try await groups.isGone(part.path)
                if isGone { all.append(part.path) }
            }
        }
        return all
    }

    func trash() async throws -> [TrashLine] {
        let now = try await catalogue.nodeTime()
        var lines: [TrashLine] = []
        for aside in try await catalogue.asides(in: .trash).reversed() {
            let word = try await catalogue.deletion(of: aside.own.info.image)?.word
            let left = aside.since + Int64(node.settings.policy.trashDays) * 86_400 - now
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
        return emptied
    }
}
