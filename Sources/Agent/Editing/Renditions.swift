import Catalogue
import Control
import Disk
import Foundation
import Imaging
import Logging
import Model
import Planning

/// Runs the recipes that this node's mains are wanted for, one after the other, and clears away what an edit has left:
/// previews whose rendition has come, and renditions whose edit was undone.
final class Renditions: Sendable {
    struct Parts: Sendable {
        let id: NodeID
        let settings: NodeSettings
        let shelf: Shelf
        let catalogue: CatalogueDatabase
        let placements: Placements
        let steering: Steering
        let damage: Damage
        let peers: TrustedPeers
        let pool: RenderingPool
        let previews: Previews
        let problems: Problems
        let progress: Progress
        let clock: NodeClock
        /// Posted when the own list changed, which every edit that is heard of does.
        let news: Bulletin
        let status: Status
        let logger: Logger
    }

    /// How often another holder is looked after that this node waits for.
    private static let look: Duration = .seconds(5)
    private static let page = 64

    private let parts: Parts
    private let queue: Shown<RecipeQueue>

    init(parts: Parts) {
        self.parts = parts
        queue = Shown(RecipeQueue(), in: parts.status)
    }

    /// The recipe that is being run.
    var running: RecipeID? { queue.read { $0.running } }

    /// Why the recipe could not be run here the last time it was tried; nil when it was not, or never failed.
    func fault(of edit: Edit) -> String? { queue.read { $0.fault(of: edit.recipe.id) } }

    /// Runs until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await libraryIsThere()
            let edition = parts.news.edition
            var due: ContinuousClock.Instant?
            do {
                await clearAway()
                due = try await runAll()
            } catch is CancellationError {
                return
            } catch {
                parts.logger.warning("edits could not be looked at", metadata: ["reason": "\(error)"])
                due = .now + Self.look
            }
            if let due {
                await parts.news.wait(past: edition, until: due)
            } else {
                await parts.news.wait(past: edition)
            }
        }
    }

    private func libraryIsThere() async {
        while parts.shelf.folder == nil, !Task.isCancelled {
            let edition = parts.status.edition
            if parts.shelf.folder == nil { await parts.status.wait(past: edition) }
        }
    }

    /// - Returns: when the next one is due; nil when none waits for a time.
    private func runAll() async throws -> ContinuousClock.Instant? {
        var due: ContinuousClock.Instant?
        var last: RecipeID?
        var seen: Set<RecipeID> = []
        while true {
            let edits = try await parts.catalogue.editsToRun(after: last, limit: Self.page)
            for edit in edits {
                try Task.checkCancellation()
                seen.insert(edit.recipe.id)
                if let next = try await step(edit) { due = min(due ?? next, next) }
            }
            guard edits.count == Self.page else { break }
            last = edits.last?.recipe.id
        }
        // Made elsewhere, or undone.
        let kept = seen
        let over = queue.keep { $0.keep(kept) }
        for subject in over { parts.problems.withdraw(subject) }
        return due
    }

    /// - Returns: when to look at it again; nil when it is done.
    private func step(_ edit: Edit) async throws -> ContinuousClock.Instant? {
        let (since, rests) = queue.keep { $0.look(at: edit, now: .now) }
        if let rests { return rests }
        guard parts.shelf.folder != nil else { return .now }
        guard let situation = try await parts.catalogue.situations(of: [edit.recipe.image]).first else { return nil }
        // Its main may stay all the same.
        if situation.isEvicting { return .now + Self.look }
        let planner = await parts.steering.planner
        switch planner.run(edit, situation, own: parts.id, waited: .now - since) {
        case .nothing: return nil
        case .wait(_, let time): return .now + min(time, Self.look)
        case .run: break
        }
        let (path, key) = (situation.main?.info.path ?? edit.path, edit.recipe.id)
        let subject = Self.subject(edit, path)
        do {
            try queue.change { queue throws(Astray) in try queue.begin(key) }
            try await make(edit)
            try queue.change { queue throws(Astray) in try queue.ended(key) }
            parts.problems.withdraw(subject)
            return nil
        } catch  where error is CancellationError || Task.isCancelled {
            queue.change { $0.givenUp(key) }
            throw CancellationError()
        } catch {
            return try failed(edit, path, error)
        }
    }

    private func failed(
        _ edit: Edit, _ path: RelativePath, _ error: any Error
    ) throws(Astray) -> ContinuousClock.Instant {
        let isRetryable = (error as? ImagingError)?.isRetryable ?? (error as? DiskError)?.isRetryable ?? true
        let (recipe, subject, text) = (edit.recipe.id, Self.subject(edit, path), "\(error)")
        let wait = try queue.change { queue throws(Astray) in
            try queue.failed(recipe, subject: subject, reason: text, isRetryable: isRetryable, now: .now)
        }
        let reason = "The edit cannot be run on its main: \(error)"
        let peer = edit.by == parts.id ? nil : edit.by
        let next = Date(timeIntervalSinceNow: wait / .seconds(1))
        if parts.problems.report(subject, reason, nextTry: next, by: peer) {
            var facts: Logger.Metadata = ["path": "\(path)", "reason": "\(error)"]
            if let peer { facts["peer"] = "\(parts.peers.name(of: peer))" }
            parts.logger.warning("could not run a recipe", metadata: facts)
        }
        return .now + wait
    }

    private static func subject(_ edit: Edit, _ path: RelativePath) -> String {
        path.edited(1, isPNG: edit.recipe.look.isPNG).description
    }

    private func make(_ edit: Edit) async throws {
        if try await isHereAlready(edit) { return }
        guard let folder = parts.shelf.folder,
            let main = try await parts.catalogue.ownFiles(of: edit.recipe.image).first(where: { $0.info.form == .main })
        else { return }
        try await demandRoom(for: main, edit.recipe.look)
        let key = Progress.Key(phase: .rendering, peer: nil)
        parts.progress.add(key, total: 1)
        defer { parts.progress.end(key) }
        let new = try await parts.shelf.run { try Placement(library: $0).makeMain() }
        let rendition: Rendition
        do {
            rendition = try await parts.pool.render(
                edit.recipe, for: edit.by,
                load: {
                    let bytes = try Content.read(main, in: folder)
                    guard ImageID(of: bytes) == edit.recipe.image else { throw Damaged() }
                    return bytes
                },
                into: { try new.append($0) })
        } catch let damaged as Damaged {
            await parts.damage.suspect(main)
            throw damaged
        } catch let error as DiskError where [.changed, .changedWhileRead, .notFound].contains(error.code) {
            await parts.damage.suspect(main)
            throw error
        }
        // It shows what its main shows, and to nobody more.
        let mode = main.info.attributes?.mode ?? 0o644
        let image = try await parts.shelf.run { _ in try new.seal(mode: mode) }
        let images = try await parts.catalogue.change { [self] turn in
            try await place(new, rendition, image, of: edit, after: main, turn)
        }
        await parts.steering.consider(images)
        await clearAway()
        // One for each image: too many for a line at every level.
        parts.logger.debug(
            "a recipe was run", metadata: ["path": "\(main.info.path)", "by": "\(parts.peers.name(of: edit.by))"])
    }

    /// One that was made for an earlier word, and stands here still or comes back from the trash, serves for this one.
    private func isHereAlready(_ edit: Edit) async throws -> Bool {
        guard let made = edit.made else { return false }
        if try await !parts.catalogue.asides(of: made.image, in: .trash).isEmpty {
            await parts.steering.consider([made.image])
        }
        // A peer can name any image as a rendition.
        guard
            let main = try await parts.catalogue.ownFiles(of: made.image).first(where: { $0.info.form == .main }),
            try await parts.shelf.isRendition(main, of: edit.recipe)
        else { return false }
        _ = try await parts.catalogue.noteRendition(made.image, of: edit.recipe.id, generation: edit.generation)
        return true
    }

    /// The main's bytes do not hash to its name: a disk that lies (S8).
    private struct Damaged: Error, CustomStringConvertible {
        var description: String { "the main's bytes are not what they were; it is looked at." }
    }

    /// A rendition is rarely larger than its main by more than this, and the catalogue must always be able to write. A PNG is
    /// at most as large as its pixels.
    private func demandRoom(for main: OwnFile, _ look: Look) async throws {
        let pixels = look.isPNG ? main.info.size.map { Int64($0.width) * Int64($0.height) * 3 } ?? 0 : 0
        let estimate = max(main.info.bytes * 2, pixels)
        let path = main.info.path.edited(1, isPNG: look.isPNG)
        guard try await estimate <= Receiver.room(on: parts.shelf) else {
            let trash = try await parts.catalogue.asideSize(in: .trash).bytes
            throw Receiver.NoRoom(path: path, trash: trash)
        }
        if case let policy = parts.settings.policy, let limit = policy.limit, policy.keep == .mains,
            parts.catalogue.ownBytes + estimate > limit
        {
            throw Receiver.LimitReached(path: path)
        }
    }

    private func place(
        _ new: NewMain, _ rendition: Rendition, _ image: ImageID, of edit: Edit, after main: OwnFile,
        _ turn: borrowing UnderTurn
    ) async throws -> Set<ImageID> {
        guard let current = try await parts.catalogue.edit(edit.recipe.id), current.isToRun,
            current.generation == edit.generation,
            try await parts.catalogue.deletion(of: edit.recipe.image)?.word.isDeleted != true
        else { return [] }
        // Whoever wants the edit again wants its rendition again, also one that did not know of it.
        if let word = try await parts.catalogue.deletion(of: image)?.word, word.isDeleted {
            try await parts.catalogue.say(
                deleted: false, of: [(image, word.path)], by: parts.id, at: parts.clock.wall)
            // A main that lies in the trash comes back, and is found here then; a reduced copy is no rendition (S7).
            if try await parts.catalogue.asides(of: image, in: .trash).contains(where: { $0.own.info.form == .main }) {
                return try await parts.catalogue.noteRendition(
                    image, of: edit.recipe.id, generation: edit.generation) ?? [image]
            }
        }
        if try await parts.catalogue.ownFiles(of: image).contains(where: { $0.info.form == .main }) {
            return try await parts.catalogue.noteRendition(
                image, of: edit.recipe.id, generation: edit.generation) ?? []
        }
        let known = try await parts.shelf.free(from: main.info.path, isPNG: rendition.type == .png) {
            [catalogue = parts.catalogue] path in
            try await catalogue.images(at: path).allSatisfy { $0 == image }
        } place: { _, path in
            try new.place(at: path)
        }
        let attributes = try? await parts.shelf.run { $0.attributes(of: known) }
        let info = FileInfo(
            path: known.path, image: image, form: .main, bytes: known.identity.bytes, mainBytes: known.identity.bytes,
            type: rendition.type, size: rendition.size, captured: main.info.captured, attributes: attributes)
        let file = OwnFile(info: info, file: known.path, stamp: known.identity.stamp)
        do {
            if let images = try await parts.catalogue.recordRendition(
                file, of: edit.recipe.id, generation: edit.generation, turn)
            {
                return images
            }
        } catch {
            try? await parts.shelf.run { _ in new.takeBack() }
            throw error
        }
        // Undone at the last moment.
        try await parts.shelf.run { _ in new.takeBack() }
        return []
    }

    /// What cannot be cleared away stays until the next time, and is in the way of nothing.
    private func clearAway() async {
        guard parts.shelf.folder != nil else { return }
        for clear in [parts.previews.removeServed, deleteUndone] {
            do { try await clear() } catch {
                parts.logger.warning(
                    "what edits have left could not be cleared away", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// A rendition that was made before its maker heard that the edit is undone: said to be deleted, as the person
    /// would have. Only one that says itself that it is this recipe's: what a peer says of it deletes nothing.
    private func deleteUndone() async throws {
        var last: RecipeID?
        repeat {
            let edits = try await parts.catalogue.undoneHere(after: last, limit: Self.page)
            for edit in edits {
                guard let made = edit.made,
                    let main = try await parts.catalogue.ownFiles(of: made.image).first(where: { $0.info.form == .main }
                    ),
                    (try? await parts.shelf.isRendition(main, of: edit.recipe)) == true
                else { continue }
                let images = try await parts.catalogue.say(
                    deleted: true, of: [(made.image, main.info.path)], by: parts.id, at: parts.clock.wall)
                await parts.steering.consider(images)
            }
            last = edits.count == Self.page ? edits.last?.recipe.id : nil
        } while last != nil
    }
}
