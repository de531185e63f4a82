import Catalogue
import Control
import Disk
import Foundation
import Imaging
import Model
import Planning

/// What a person asks of this node about edits: to make them, to take them back, and to tell of them.
struct EditService: Sendable {
    let node: NodeParts
    let shelf: Shelf
    let previews: Previews
    let renditions: Renditions
    let content: Content

    typealias Answers = AsyncThrowingStream<EditMessage, any Error>

    var catalogue: CatalogueDatabase { node.catalogue }

    /// Images whose edits become durable together, before the first of their previews is made.
    private static let batch = 64

    /// Tells of images and counts them.
    private struct Tally {
        let answers: Answers.Continuation
        let began = ContinuousClock.now
        var summary = WorkSummary(images: 0, others: 0, bytes: 0, seconds: 0)

        mutating func tell(_ line: EditLine, mayWorkLater: Bool = false) {
            switch line.state {
            case .failed, .unknown:
                summary.others += 1
                summary.tryAgain = summary.tryAgain || mayWorkLater
            case .skipped: break
            case .made, .waiting, .running, .undone: summary.images += 1
            }
            answers.yield(.edit(line))
        }

        mutating func finish() {
            summary.seconds = (ContinuousClock.now - began) / .seconds(1)
            answers.yield(.done(summary))
        }
    }

    func edit(_ request: EditRequest) -> Answers {
        .running { answers in
            var tally = Tally(answers: answers)
            _ = try await shelf.demandSoon()
            switch request.action {
            case .apply(let wish):
                let recipes = try await apply(wish, to: request.paths, &tally)
                if request.wait { try await follow(recipes, &tally) }
            case .undo: try await undo(request.paths, &tally)
            }
            tally.finish()
        }
    }

    /// - Returns: the recipes that are not yet made.
    private func apply(_ wish: EditRequest.Wish, to paths: [RelativePath], _ tally: inout Tally) async throws
        -> [RecipeID]
    {
        var open: [RecipeID] = []
        let named = try await images(at: paths, &tally)
        let key = node.progress.command(.previewing)
        node.progress.add(key, total: named.count)
        defer { node.progress.end(key) }
        var rest = named[...]
        while !rest.isEmpty {
            try Task.checkCancellation()
            let page = Array(rest.prefix(Self.batch))
            rest = rest.dropFirst(Self.batch)
            var wanted: [Wanted] = []
            for (path, situation) in page {
                do throws(Obstacle) {
                    let recipe = try await recipe(wish, for: situation)
                    wanted.append((recipe, path, situation))
                } catch {
                    node.progress.add(key, done: 1)
                    tally.tell(
                        EditLine(path: path, image: situation.image, state: .failed, reason: error.reason),
                        mayWorkLater: error.isPassing)
                }
            }
            for (edit, wanted) in try await sayAll(wanted, &tally) {
                let fault = await CommandWaits.during("this machine makes a preview of \(wanted.path.name)") {
                    await preview(edit, wanted.situation)
                }
                var line = try await line(of: edit)
                if line.reason == nil, line.preview == nil { line.reason = fault }
                if line.state != .made { open.append(edit.recipe.id) }
                node.progress.add(key, done: 1)
                tally.tell(line)
                if let line = node.progress.line(of: key) { tally.answers.yield(.progress(line)) }
                try Task.checkCancellation()
            }
        }
        return open
    }

    /// Why an image is not edited.
    private struct Obstacle: Error {
        var reason: String
        var isPassing = false
    }

    private func recipe(_ wish: EditRequest.Wish, for situation: Situation) async throws(Obstacle) -> Recipe {
        if situation.isDeleted { throw Obstacle(reason: "it was deleted; `syncctl restore` takes that back") }
        let info = situation.main?.info ?? situation.claims.first { $0.info.form == .main }?.info
        let known = info ?? situation.own.first?.info ?? situation.claims.first?.info
        if let type = known?.type, !type.isEditable {
            throw Obstacle(reason: "\(type.noun) is not editable; its main stays as it is")
        }
        let reducible = await node.planner().reducible
        let holders = situation.claims.filter { $0.info.form == .main }
        if let type = info?.type, situation.main == nil || !reducible.own.contains(type),
            !holders.contains(where: { reducible.isReduced($0.info.type, by: $0.peer) })
        {
            throw Obstacle(
                reason: "no machine that has the main decodes \(type.noun): install the package mainstay-decoder there",
                isPassing: true)
        }
        do {
            var look = wish.look
            if wish.auto { look = try await measured(look, situation) }
            switch wish.crop {
            case nil: break
            case .ratio(let width, let height):
                look = look.cropped(try Crop(ratio: (width, height), of: try seenSize(known, look)))
            case .pixels(let left, let top, let width, let height):
                look = look.cropped(
                    try Crop(left: left, top: top, width: width, height: height, of: try seenSize(known, look)))
            }
            if look.isNeutral { throw Obstacle(reason: "it is so already") }
            return Recipe(image: situation.image, look: look)
        } catch let obstacle as Obstacle {
            throw obstacle
        } catch let refusal as Recipe.Refusal {
            throw Obstacle(reason: refusal.reason)
        } catch let error as ImagingError {
            throw Obstacle(reason: error.message, isPassing: error.isRetryable)
        } catch {
            throw Obstacle(reason: "\(error)", isPassing: true)
        }
    }

    /// The main's size as it is seen, turned by the look.
    private func seenSize(_ info: FileInfo?, _ look: Look) throws -> PixelSize {
        guard let size = info?.size else {
            throw Obstacle(reason: "its size is not known, so give the crop in fractions")
        }
        return look.turns % 2 == 0 ? size : PixelSize(width: size.height, height: size.width)
    }

    /// The look with levels and balance of this picture, where it has none itself.
    private func measured(_ look: Look, _ situation: Situation) async throws -> Look {
        guard let here = picture(of: situation), let own = try await catalogue.ownFile(at: here.file) else {
            throw Obstacle(
                reason: "nothing of it is here to measure; try again when its reduced copy has come", isPassing: true)
        }
        let copy: [UInt8]
        do {
            copy =
                own.info.form == .main && own.info.type != .jpeg
                ? try await content.reducedCopy(of: own, edge: AutoLevels.edge, quality: 95, for: .own(node.id))
                : try await content.picture(own)
        } catch ContentFault.notReducible(let error) {
            throw error
        }
        let measured = try await shelf.run { _ in try AutoLevels.look(of: copy, keeping: look) }
        return measured.adjusted(as: look)
    }

    /// What stands here to look at: a reduced copy, which is quicker, or the main.
    private func picture(of situation: Situation) -> Situation.Own? {
        situation.own.filter { $0.info.form == .reduced }.max { ($0.info.edge ?? 0) < ($1.info.edge ?? 0) }
            ?? situation.main
    }

    private typealias Wanted = (recipe: Recipe, path: RelativePath, situation: Situation)

    /// All together; where one has no room for another edit, one by one.
    private func sayAll(_ wanted: [Wanted], _ tally: inout Tally) async throws -> [(Edit, Wanted)] {
        do {
            return Array(zip(try await say(wanted.map { ($0.recipe, $0.path) }), wanted))
        } catch let error as CatalogueError where error.code == .tooMany {
            guard wanted.count == 1, let only = wanted.first else {
                var said: [(Edit, Wanted)] = []
                for item in wanted { said += try await sayAll([item], &tally) }
                return said
            }
            tally.tell(
                EditLine(path: only.path, image: only.situation.image, state: .failed, reason: error.message))
            return []
        }
    }

    private func say(_ recipes: [(recipe: Recipe, path: RelativePath)]) async throws -> [Edit] {
        guard !recipes.isEmpty else { return [] }
        let (catalogue, id, wall) = (catalogue, node.id, node.clock.wall)
        let (edits, images) = try await shielded { () -> ([Edit], Set<ImageID>) in
            let (edits, images) = try await catalogue.say(undone: false, recipes: recipes, by: id, at: wall)
            // Whoever wants an edit again wants its rendition again.
            var again: [(image: ImageID, path: RelativePath)] = []
            for edit in edits {
                guard let made = edit.made, let word = try await catalogue.deletion(of: made.image)?.word,
                    word.isDeleted
                else { continue }
                again.append((made.image, word.path))
            }
            let restored = try await catalogue.say(deleted: false, of: again, by: id, at: wall)
            return (edits, images.union(restored))
        }
        await node.steering.consider(images)
        return edits
    }

    /// - Returns: why there is none, as a clause; nil when there is one, or none is needed.
    private func preview(_ edit: Edit, _ situation: Situation) async -> String? {
        // Where the main is, so will the rendition be in a moment.
        guard edit.isToRun, situation.main == nil else { return nil }
        do {
            guard let copy = picture(of: situation), let own = try await catalogue.ownFile(at: copy.file) else {
                return "nothing of it is here to make a preview of"
            }
            try await previews.make(edit.recipe, from: own)
            return nil
        } catch {
            return "no preview can be made: \((error as? ImagingError)?.message ?? "\(error)")"
        }
    }

    /// Tells of each as its state changes, until all are made or nobody makes them.
    private func follow(_ recipes: [RecipeID], _ tally: inout Tally) async throws {
        var open = recipes
        let wait = CommandWaits.Wait()
        defer { wait.turns(to: nil) }
        let key = node.progress.command(.rendering)
        node.progress.add(key, total: recipes.count)
        defer { node.progress.end(key) }
        while !open.isEmpty {
            try Task.checkCancellation()
            let edition = node.status.edition
            var rest: [RecipeID] = []
            var first: EditLine?
            for recipe in open {
                guard let edit = try await catalogue.edit(recipe) else { continue }
                let line = try await line(of: edit)
                switch line.state {
                case .made, .undone, .failed, .skipped, .unknown:
                    tally.answers.yield(.edit(line))
                    node.progress.add(key, done: 1)
                case .waiting where line.reason != nil:
                    tally.answers.yield(.edit(line))
                    tally.summary.images -= 1
                    tally.summary.others += 1
                    tally.summary.tryAgain = true
                case .waiting, .running:
                    rest.append(recipe)
                    first = first ?? line
                }
            }
            open = rest
            if let line = node.progress.line(of: key) { tally.answers.yield(.progress(line)) }
            guard !open.isEmpty else { return }
            wait.turns(
                to: first.map { "\($0.holder ?? "the holder of the main") makes the full picture of \($0.path.name)" })
            await node.status.wait(past: edition, until: .now + .seconds(5))
            // Each look asks about all that is open: a few times a second is enough.
            try? await ContinuousClock().sleep(for: .milliseconds(200))
        }
    }

    private func undo(_ paths: [RelativePath], _ tally: inout Tally) async throws {
        for path in paths {
            let named = try await node.images(at: path)
            if named.isEmpty, let edit = try await previewed(at: path), !edit.isUndone {
                try await undo(edit, &tally)
                continue
            }
            if named.isEmpty { tally.tell(Self.unknown(path)) }
            var isUndone = false
            for (place, image) in named {
                try Task.checkCancellation()
                let isItself = place == path || place.reduced == path
                // Below a folder stand the renditions as well, each beside its photo.
                let own = isItself ? try await catalogue.edits(making: image).last { !$0.isUndone } : nil
                let latest = try await catalogue.edits(of: image).last { !$0.isUndone }
                if let edit = own ?? latest {
                    isUndone = true
                    try await undo(edit, &tally)
                }
            }
            if let image = named.first?.image, !isUndone {
                let isFolder = named.first?.path != path
                tally.tell(
                    EditLine(
                        path: path, image: isFolder ? nil : image, state: .failed,
                        reason: "there is no edit \(isFolder ? "below it" : "of it") to be undone"))
            }
        }
    }

    private func undo(_ edit: Edit, _ tally: inout Tally) async throws {
        try await undo(edit)
        if let undone = try await catalogue.edit(edit.recipe.id) { tally.tell(try await line(of: undone)) }
    }

    private func undo(_ edit: Edit) async throws {
        let (catalogue, id, wall) = (catalogue, node.id, node.clock.wall)
        let images = try await shielded { () -> Set<ImageID> in
            var images = try await catalogue.say(
                undone: true, recipes: [(edit.recipe, edit.path)], by: id, at: wall
            ).images
            if let made = edit.made, let path = try await ownRendition(made.image, of: edit) {
                images.formUnion(
                    try await catalogue.say(deleted: true, of: [(made.image, path)], by: id, at: wall))
            }
            return images
        }
        try? await previews.removeServed()
        await node.steering.consider(images)
    }

    /// The path of an edit's rendition where this node may say that it is deleted: its main here names the recipe itself,
    /// or its deletion was spoken of before. Elsewhere its holders say so, as soon as they hear that the edit is undone.
    private func ownRendition(_ image: ImageID, of edit: Edit) async throws -> RelativePath? {
        // Two recipes may come to the same picture.
        guard try await catalogue.edits(making: image).allSatisfy(\.isUndone) else { return nil }
        if let main = try await catalogue.ownFiles(of: image).first(where: { $0.info.form == .main }) {
            return (try? await shelf.isRendition(main, of: edit.recipe)) == true ? main.info.path : nil
        }
        return try await catalogue.deletion(of: image)?.word.path
    }

    /// The images to edit at these paths; a line for each path that names none. Renditions below a folder are passed
    /// over.
    private func images(
        at paths: [RelativePath], _ tally: inout Tally
    ) async throws -> [(path: RelativePath, situation: Situation)] {
        var found: [(RelativePath, Situation)] = []
        var seen: Set<ImageID> = []
        for path in paths {
            let named = try await node.images(at: path)
            if named.isEmpty, try await previewed(at: path) != nil {
                tally.tell(
                    EditLine(
                        path: path, state: .skipped,
                        reason: "it is a preview: edit the photo itself, or wait until the edited picture is made"))
            } else if named.isEmpty {
                tally.tell(Self.unknown(path))
            }
            for (place, image) in named where seen.insert(image).inserted {
                if place != path, place.reduced != path, try await !catalogue.edits(making: image).isEmpty {
                    tally.tell(EditLine(path: place, image: image, state: .skipped, reason: "it is an edited picture"))
                    continue
                }
                found += try await catalogue.situations(of: [image]).map { (place, $0) }
            }
        }
        return found
    }

    private static func unknown(_ path: RelativePath) -> EditLine {
        EditLine(path: path, state: .unknown, reason: "no image is known there; `syncctl ls` lists those that are")
    }
}
