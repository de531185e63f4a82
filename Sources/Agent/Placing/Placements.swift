import Catalogue
import Disk
import Imaging
import Logging
import Model
import Planning

/// Brings what the planner decided onto the disk and into the catalogue, both in one change.
struct Placements: Sendable {
    let shelf: Shelf
    let catalogue: CatalogueDatabase
    let departures: Departures
    /// Posted with the moment at which a file that must stay for now may go.
    let later: Later
    let problems: Problems
    /// This node's name, for an edit that gets a name of its own.
    let name: @Sendable () -> String
    let logger: Logger

    /// Names that are tried for an image whose path is taken. A library where all are taken has another problem.
    private static let attempts = 100

    /// Places a reduced copy that was checked.
    ///
    /// - Parameter label: the name of the node that it came from, for a path that another image has.
    /// - Returns: the images concerned.
    func place(reduced bytes: [UInt8], _ wish: Decision.Wish, from label: String) async throws -> Set<ImageID> {
        try await catalogue.change { turn in
            guard try await isStillWanted(wish) else { return [] }
            var images: Set<ImageID> = []
            if let replaced = try await replaced(by: wish), replaced.file == wish.info.file {
                let (known, file) = (KnownFile(path: replaced.file, identity: replaced.stamp.identity), wish.info.file)
                if replaced.info.image == wish.info.image {
                    let placed = try await shelf.run {
                        try Placement(library: $0).placeReduced(
                            bytes, at: file, replacing: known, main: wish.info.attributes)
                    }
                    return try await record(placed, wish, at: wish.info.path, turn)
                }
                // The last picture of another image, perhaps: out of the way, and kept.
                images = try await departures.setAside(replaced, into: .versions, turn)
            }
            let preview = try await preview(inTheWayOf: wish, turn)
            let (placed, path) = try await atFreePath(wish, label) { folder, file in
                let replaced = preview.flatMap { $0.path == file ? $0 : nil }
                return try Placement(library: folder).placeReduced(
                    bytes, at: file, replacing: replaced, main: wish.info.attributes)
            }
            return try await record(placed, wish, at: path, turn).union(images)
        }
    }

    /// A preview that stands where the reduced copy is to stand. That of this very rendition is what it replaces; that
    /// of another edit gets another name.
    private func preview(
        inTheWayOf wish: Decision.Wish, _ turn: borrowing UnderTurn
    ) async throws -> KnownFile? {
        guard let preview = try await catalogue.preview(at: wish.info.file) else { return nil }
        let known = KnownFile(path: preview.file, identity: preview.stamp.identity)
        guard try await shelf.run({ try $0.find(known.path)?.identity == known.identity }) else { return nil }
        if try await catalogue.edit(preview.recipe)?.made?.image == wish.info.image { return known }
        guard let edit = try await catalogue.edit(preview.recipe) else { return nil }
        let moved = try await shelf.free(from: edit.path, isPNG: edit.recipe.look.isPNG) { [catalogue] path in
            try await catalogue.images(at: path).isEmpty
        } place: { folder, path in
            try Placement(library: folder).move(known, to: path.reduced, pruning: false)
        }
        try await catalogue.apply(
            [.moved(from: known.path, to: moved.path), .stamped(moved.path, moved.identity.stamp)], turn)
        return nil
    }

    /// Places a main that has come whole; its hash is compared here.
    ///
    /// - Returns: the images concerned.
    func place(
        main incoming: IncomingFile, _ wish: Decision.Wish, from label: String
    ) async throws -> Set<ImageID> {
        try await catalogue.change { turn in
            guard try await isStillWanted(wish) else {
                _ = try await shelf.run { _ in incoming.discard() }
                return []
            }
            let replaced = try await replaced(by: wish)
            var images = try await makeWay(for: wish, turn)
            let (placed, path) = try await atFreePath(wish, label) { _, file in try incoming.finish(at: file) }
            let shown = try await shelf.run { _ in incoming.shown }
            images.formUnion(try await record(placed, wish, at: path, shown: shown, turn))
            try await withdrawDamage(of: [wish.info.image])
            // The reduced copy goes only now: until here it was all there was.
            if let replaced, replaced.info.image == wish.info.image { try await removeReduced(replaced, turn) }
            return images
        }
    }

    /// The main that a person has edited at another node goes to the versions.
    private func makeWay(
        for wish: Decision.Wish, _ turn: borrowing UnderTurn
    ) async throws -> Set<ImageID> {
        guard let file = wish.supersedes else { return [] }
        guard let old = try await catalogue.ownFile(at: file), try await isReplaced(file, by: wish.info.image) else {
            throw DiskError(
                code: .changed, message: "'\(file)' was changed here just now; it is planned for again.",
                path: file.description, isRetryable: true)
        }
        return try await departures.setAside(old, into: .versions, turn)
    }

    /// Moves an own file of a deleted image to the trash.
    func trash(_ file: RelativePath) async -> Set<ImageID> {
        await departing(file) { turn in
            guard let own = try await catalogue.ownFile(at: file),
                try await catalogue.deletion(of: own.info.image)?.word.isDeleted == true
            else { return [] }
            return try await departures.setAside(own, into: .trash, turn)
        }
    }

    private func isReplaced(_ file: RelativePath, by image: ImageID) async throws -> Bool {
        try await catalogue.situations(of: [image]).contains { $0.replaced.contains { $0.file == file } }
    }

    /// Moves an own file to the versions: a reduced copy that nobody has a main of, or what `image`, which is here, took
    /// the place of.
    func retire(_ file: RelativePath, for image: ImageID) async -> Set<ImageID> {
        await departing(file) { turn in
            guard let own = try await catalogue.ownFile(at: file) else { return [] }
            if own.info.image == image {
                guard own.info.form == .reduced, try await catalogue.situations(of: [image]).allSatisfy(\.isOver)
                else { return [] }
                return try await departures.setAside(own, into: .versions, turn)
            }
            let edits = try await catalogue.ownFiles(of: image)
            // The edit itself, where what it was is a main: it may be on its way out meanwhile.
            guard let edit = edits.first(where: { own.info.form == .reduced || $0.info.form == .main }),
                try await isReplaced(file, by: image)
            else { return [] }
            let images = try await departures.setAside(own, into: .versions, turn).union([image])
            // A name that was given to what it was is that of the edit too.
            guard edits.count == 1, own.info.generation != nil, Planner.isLater(own.info, edit.info),
                try await catalogue.situations(of: [image]).allSatisfy({ !$0.isAtSeveral })
            else { return images }
            var named = edit.info
            (named.path, named.generation) = (own.info.path, own.info.generation)
            return try await images.union(
                take([NameStep(own: edit, info: named, wanted: named.path)], turn))
        }
    }

    /// Gives a person's edit a name of its own, beside the one that another edit of the same picture keeps: that is a
    /// word on its name, which all others follow.
    ///
    /// - Returns: the images concerned.
    func stepAside(_ file: RelativePath) async -> Set<ImageID> {
        await departing(file) { turn in
            guard let own = try await catalogue.ownFile(at: file), own.info.form == .main,
                try await catalogue.situations(of: [own.info.image]).contains(where: { $0.yielding == file })
            else { return [] }
            let known = KnownFile(path: file, identity: own.stamp.identity)
            for attempt in 1...Self.attempts {
                let target = file.disambiguated(by: name(), attempt: attempt)
                guard try await catalogue.images(at: target).allSatisfy({ $0 == own.info.image }) else { continue }
                do {
                    let moved = try await shelf.run {
                        try Placement(library: $0).move(known, to: target, pruning: false)
                    }
                    let rename = OwnRename(from: file, to: target, stamp: moved.identity.stamp)
                    return try await catalogue.apply([.renamed([rename])], turn)
                } catch let error as DiskError where error.code == .exists {}
            }
            return []
        }
    }

    /// Puts a file of an image that is deleted no more back from the trash.
    func putBack(_ trashed: Situation.Trashed) async -> Set<ImageID> {
        await departing(trashed.info.path) { turn in
            let aside = try await catalogue.asides(of: trashed.info.image, in: .trash)
                .first { $0.name == trashed.name }
            guard let aside, try await catalogue.deletion(of: aside.own.info.image)?.word.isDeleted != true else {
                return []
            }
            return try await departures.putBack(aside, turn)
        }
    }

    private func departing(
        _ file: RelativePath, _ body: @escaping @Sendable (borrowing UnderTurn) async throws -> Set<ImageID>
    ) async -> Set<ImageID> {
        do {
            let images = try await catalogue.change(body)
            problems.withdraw(file.description)
            return images
        } catch let held as Departures.Held {
            if case .held(let until) = held.refusal { later.look(at: until) }
            return []
        } catch {
            if problems.report(file.description, "It could not be moved out of the way, or put back: \(error)") {
                logger.warning("set aside", metadata: ["path": "\(file)", "reason": "\(error)"])
            }
            return []
        }
    }

    /// What was damaged here is whole again.
    func withdrawDamage(of images: [ImageID]) async throws {
        for aside in try await catalogue.asides(of: images, in: .damaged) {
            problems.withdraw(Damage.subject(aside.name))
        }
    }

    /// While it was being got, a person may have dismissed or deleted it, or a scan may have found it here: a crash may
    /// come between placing a file and recording it.
    private func isStillWanted(_ wish: Decision.Wish) async throws -> Bool {
        guard let situation = try await catalogue.situations(of: [wish.info.image]).first else { return true }
        return !situation.isDismissed && !situation.isDeleted && !situation.isReplaced
            && !situation.own.contains { wish.isMet(by: $0.info) }
    }

    /// Records what a holder says of the own file at `file`, and has it be what that is beside its bytes.
    ///
    /// - Returns: false when that could not be done.
    func adopt(_ info: FileInfo, at file: RelativePath) async -> Bool {
        await attempt(file) { turn in
            guard var own = try await catalogue.ownFile(at: file), own.info.form == info.form,
                own.info.image == info.image
            else { return }
            if let attributes = info.attributes, attributes != own.info.attributes {
                let known = KnownFile(path: file, identity: own.stamp.identity)
                let earlier = own.info.attributes
                let set = try await shelf.run {
                    try Placement(library: $0).set(attributes, of: known, insteadOf: earlier)
                }
                own.stamp = set.file.identity.stamp
                own.shown = info.form == .main && set.shown?.looks(like: attributes) != true ? set.shown : nil
            }
            own.info = info
            if info.form == .reduced { own.origin = own.origin ?? info.path }
            // The stamp first: nobody has read it for this.
            try await catalogue.apply([.stamped(file, own.stamp), .image(own)], turn)
        }
    }

    /// Removes a reduced copy whose main is here, or whose image a person dismissed.
    ///
    /// - Returns: whether it is gone.
    func dropReduced(_ file: RelativePath) async -> Bool {
        let isTried = await attempt(file) { turn in
            guard let own = try await catalogue.ownFile(at: file), own.info.form == .reduced else { return }
            // The copy that is to stand for a main which is being evicted.
            if try await catalogue.custody(of: own.info.image).isEvicting { return }
            let mains = try await catalogue.ownFiles(of: own.info.image).filter { $0.info.form == .main }
            let isDismissed = try await catalogue.situations(of: [own.info.image]).allSatisfy(\.isDismissed)
            let isNeedless = try await shelf.run { folder in
                // On the disk, not only in the catalogue.
                let isThere = try mains.contains { main in
                    try folder.find(main.file).map { main.stamp.identity.isStill($0.identity) } == true
                }
                guard isDismissed || isThere else { return false }
                // What a person has put in its place, or made of it, is theirs.
                guard try folder.find(own.file) != nil else { return true }
                return try ReducedMarkerReader.marker(of: own.file, in: folder)?.image == own.info.image
            }
            if isNeedless { try await removeReduced(own, turn) }
        }
        guard isTried else { return false }
        do { return try await catalogue.ownFile(at: file) == nil } catch { return false }
    }

    /// Removes what has come of mains that this node wants no more. One that is being received just now is looked at
    /// again a little later: it ends, or is given up.
    func removeParts(of images: [ImageID]) async {
        for image in shelf.halfReceived.among(images) {
            do {
                try await shelf.run { try Placement(library: $0).removePart(of: image) }
                shelf.halfReceived.remove(image)
            } catch let error as DiskError where error.code == .locked {
                later.look(at: departures.clock.now + Self.stillReceived)
            } catch {
                // The disk is not there, or fails: the next look at the whole library tries again.
                logger.debug("could not clear away", metadata: ["image": "\(image)", "reason": "\(error)"])
            }
        }
    }

    /// Images of which a main has come in part.
    var halfReceived: Set<ImageID> { shelf.halfReceived.images }

    private static let stillReceived: Duration = .seconds(60)

    private func attempt(
        _ file: RelativePath, _ body: @escaping @Sendable (borrowing UnderTurn) async throws -> Void
    ) async -> Bool {
        do {
            try await catalogue.change(body)
            problems.withdrawPassing(file.description)
            return true
        } catch is CancellationError {
            return false
        } catch {
            // Whatever stands in the way, the next look at the whole library plans for it again.
            if let error = error as? DiskError, error.code == .changed { shelf.doubts.add(file) }
            let told = "It could not be made what it is elsewhere, or be taken away: \(error)"
            guard problems.report(file.description, told, isPassing: true) else { return false }
            logger.warning(
                "could not put a file in its place", metadata: ["path": "\(file)", "reason": "\(error)"])
            return false
        }
    }

    /// Recorded first: a crash in between leaves a file that the next scan finds and that is removed again, while a
    /// file that went unrecorded would look like one that a person removed.
    func removeReduced(_ own: OwnFile, _ turn: borrowing UnderTurn) async throws {
        let known = KnownFile(path: own.file, identity: own.stamp.identity)
        // One that a person changed keeps its record, by which the scan knows what it was (S7).
        do {
            _ = try await shelf.run { try $0.open(own.file, expecting: known.identity).found }
        } catch let error as DiskError where error.code == .notFound {}
        try await catalogue.apply([.gone(own.file, byPerson: false)], turn)
        do {
            try await shelf.run { try Placement(library: $0).removeReduced(known, pruning: false) }
        } catch let error as DiskError where error.code == .notFound {
            // Gone already, which is what was wanted.
        } catch {
            try await catalogue.apply([.image(own)], turn)
            throw error
        }
    }

    private func replaced(by wish: Decision.Wish) async throws -> OwnFile? {
        guard let file = wish.replaces, let own = try await catalogue.ownFile(at: file), own.info.form == .reduced
        else {
            return nil
        }
        return own
    }

    /// Places under the wanted path, or under the first readable one beside it that no other image has.
    private func atFreePath(
        _ wish: Decision.Wish, _ label: String,
        place: @escaping @Sendable (LibraryFolder, RelativePath) throws -> KnownFile
    ) async throws -> (KnownFile, RelativePath) {
        var wanted = wish.info.path
        var path = wanted
        for attempt in 1...Self.attempts {
            if try await !isTaken(path, by: wish) {
                let file = wish.info.form == .main ? path : path.reduced
                do {
                    let placed = try await shelf.run { try place($0, file) }
                    return (placed, path)
                } catch let error as DiskError where error.code == .exists {
                    // A file that was not looked at yet may well be this very image, as after a lost catalogue: wait
                    // for the scan to tell, instead of placing it twice.
                    guard try await isKnown(file) else { throw notLookedAt(file) }
                } catch let error as DiskError where error.code == .badName {
                    // A disk that cannot have its name has it under one that looks like it.
                    guard let portable = wanted.portable else { throw error }
                    wanted = portable
                    path = portable
                    continue
                }
            }
            path = wanted.disambiguated(by: label, attempt: attempt)
        }
        throw DiskError(
            code: .exists, message: "Every name for '\(wish.info.path)' is taken; rename the file that stands there.",
            path: wish.info.path.description, isRetryable: true)
    }

    /// Whether another image has the path here, be it as a main or as a reduced copy.
    private func isTaken(_ path: RelativePath, by wish: Decision.Wish) async throws -> Bool {
        for file in [path, path.reduced] {
            guard let own = try await catalogue.ownFile(at: file), own.file != wish.replaces else { continue }
            if own.info.image != wish.info.image && own.info.path == path { return true }
        }
        return false
    }

    private func record(
        _ placed: KnownFile, _ wish: Decision.Wish, at path: RelativePath, shown: FileAttributes? = nil,
        _ turn: borrowing UnderTurn
    ) async throws -> Set<ImageID> {
        var info = wish.info
        (info.path, info.bytes) = (path, placed.identity.bytes)
        // A name beside a taken one is not the one that was given.
        if path != wish.info.path { info.generation = nil }
        logger.trace("placed", metadata: ["path": "\(placed.path)", "image": "\(info.image)"])
        let own = OwnFile(
            info: info, file: placed.path, stamp: placed.identity.stamp, origin: wish.info.path, shown: shown)
        return try await catalogue.apply([.image(own)], turn)
    }
}
