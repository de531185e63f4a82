import Catalogue
import Disk
import Imaging
import Logging
import Model
import Planning

/// Takes own files out of the library into the agent's own folders, and brings them back.
///
/// What is to go is written down before it is renamed, so that a crash in between is never taken for a person's
/// removal; a main that a peer relies on stays until that is over (S3). Everything here is
/// part of a change: it asks for the turn.
struct Departures: Sendable {
    let shelf: Shelf
    let catalogue: CatalogueDatabase
    let clock: NodeClock
    let logger: Logger

    /// The file stays for now, because of what was promised about it.
    struct Held: Error, CustomStringConvertible {
        let refusal: Custody.Refusal
        var description: String { "\(refusal)" }
    }

    /// Sets an own file aside. Durable on return.
    ///
    /// - Returns: the images concerned.
    /// - Throws: ``Held``; `DiskError`, with the file where it was.
    func setAside(
        _ own: OwnFile, into folder: Aside.Folder, _ turn: borrowing UnderTurn
    ) async throws -> Set<ImageID> {
        let known = KnownFile(path: own.file, identity: own.stamp.identity)
        let name = Placement.asideName(for: own.file)
        let now = try await catalogue.nodeTime()
        let aside = Aside(name: name, folder: folder, since: now, own: own)
        if let refusal = try await catalogue.intend(aside, at: clock.now, turn) { throw Held(refusal: refusal) }
        do {
            _ = try await shelf.run { try Placement(library: $0).setAside(known, into: folder.store, as: name) }
        } catch {
            if let error = error as? DiskError, error.code == .changed { shelf.doubts.add(own.file) }
            // After a fault of the disk it may lie there all the same.
            guard try await shelf.run({ try Placement(library: $0).find(aside: name, in: folder.store) }) != nil else {
                try await catalogue.forgetAside(name, turn)
                throw error
            }
        }
        return try await catalogue.finishAside(name, turn)
    }

    /// Puts a file that was set aside back to its place, or beside it where that is taken. Durable on return.
    ///
    /// - Returns: the images concerned.
    func putBack(_ aside: Aside, _ turn: borrowing UnderTurn) async throws -> Set<ImageID> {
        guard let file = try await find(aside, turn) else { return [aside.own.info.image] }
        var target = aside.own.file
        for attempt in 1... {
            do {
                let place = target
                let known = try await shelf.run { try Placement(library: $0).putBack(file, at: place) }
                var own = aside.own
                (own.file, own.stamp) = (place, known.identity.stamp)
                if target != aside.own.file {
                    own.info.path = own.info.form == .main ? target : target.mainOfReduced ?? target
                    own.origin = nil
                }
                return try await catalogue.returned(aside.name, as: own, turn)
            } catch let error as DiskError where error.code == .exists && attempt < 100 {
                target = aside.own.file.disambiguated(by: "restored", attempt: attempt)
            }
        }
        return []
    }

    /// The file as it lies there; nil, and forgotten, when somebody has taken it out by hand.
    ///
    /// Its inode is what the disk says now: some file systems number anew whenever they are mounted, and the name has a
    /// random part that was written down before.
    private func find(_ aside: Aside, _ turn: borrowing UnderTurn) async throws -> SetAsideFile? {
        let found = try await shelf.run { try Placement(library: $0).find(aside: aside.name, in: aside.folder.store) }
        guard let found else {
            try await catalogue.forgetAside(aside.name, turn)
            return nil
        }
        let stamp = found.identity.stamp
        guard stamp.bytes == aside.own.stamp.bytes, stamp.modified == aside.own.stamp.modified else {
            throw DiskError(
                code: .changed,
                message: "'.mainstay/\(aside.folder.rawValue)/\(aside.name)' was changed there and is left alone; "
                    + "take it out by hand.", path: aside.own.file.description, isRetryable: false)
        }
        return found.file
    }

    /// Removes a file that was set aside for good.
    func purge(_ aside: Aside, _ turn: borrowing UnderTurn) async throws {
        guard let file = try await find(aside, turn) else { return }
        do {
            try await shelf.run { try Placement(library: $0).purge(file) }
        } catch let error as DiskError where error.code == .notFound {
            // Gone already.
        }
        try await catalogue.forgetAside(aside.name, turn)
    }
}

extension Departures {
    /// Takes away the reduced copy that was placed for an eviction which does not come about: one of this image only,
    /// and only while the main stands in its place (S4).
    func takeBackReduced(
        beside main: OwnFile, _ folder: LibraryFolder, _ turn: borrowing UnderTurn
    ) async throws {
        let file = main.info.path.reduced
        let found = try await shelf.threads.run { () -> KnownFile? in
            guard try folder.find(main.file)?.identity == main.stamp.identity, let found = try folder.find(file),
                let marker = try ReducedMarkerReader.marker(of: file, in: folder), marker.image == main.info.image,
                marker.preview == nil
            else { return nil }
            return KnownFile(path: file, identity: found.identity)
        }
        guard let found else { return }
        // Off the list first: a file that is gone and still recorded looks like a person's doing.
        if let own = try await catalogue.ownFile(at: file), own.info.form == .reduced,
            own.info.image == main.info.image
        {
            try await catalogue.apply([.gone(file, byPerson: false)], turn)
        }
        try await shelf.threads.run { try Placement(library: folder).removeReduced(found, pruning: false) }
    }
}

/// What a crash has left half done.
extension Departures {
    /// Ends every departure and every eviction that was under way when the agent ended, one way or the other. Before
    /// anyone looks for what is gone from the library.
    func recover(_ folder: LibraryFolder, _ turn: borrowing UnderTurn) async throws {
        let found = try await shelf.threads.run { try Placement(library: folder).clearIncoming() }
        shelf.halfReceived.add(found.parts.map(\.image))
        for (image, file) in try await catalogue.evictingMarks() {
            await recoverEviction(of: image, file, folder, turn)
        }
        // One whose mark was lost with the catalogue, or whose disk went away in its midst.
        for image in found.evicting {
            let known = try await catalogue.ownFiles(of: image).first { $0.info.form == .main }
            let path = try known?.file ?? RelativePath("recovered \(image.description.prefix(16)).jpg")
            _ = try? await shelf.threads.run { try Placement(library: folder).returnEvicting(image, to: path) }
        }
        try await endMoves(folder, turn)
        // One whose record was lost with the catalogue.
        for name in found.moving {
            let path = try RelativePath("recovered \(name.prefix(while: { $0 != "." }).prefix(16)).jpg")
            _ = try? await shelf.threads.run { try Placement(library: folder).returnMoving(name, to: [path]) }
        }
        for aside in try await catalogue.asides(done: false) {
            let isThere = try await shelf.threads.run {
                try Placement(library: folder).find(aside: aside.name, in: aside.folder.store) != nil
            }
            if isThere {
                try await catalogue.finishAside(aside.name, turn)
            } else {
                try await catalogue.forgetAside(aside.name, turn)
            }
        }
    }

    /// Ends a batch of renames that was interrupted: what had stepped aside gets its new name, or its old one, and what
    /// stands under its new name is recorded so. The rest is as it was, and is planned for again.
    func endMoves(_ folder: LibraryFolder, _ turn: borrowing UnderTurn) async throws {
        let moves = try await catalogue.movesUnderWay()
        guard !moves.isEmpty else { return }
        var renames: [OwnRename] = []
        var open: Set<RelativePath> = []
        for move in moves {
            let own = try await catalogue.ownFile(at: move.file)
            do {
                let place = try await shelf.threads.run { () -> RelativePath? in
                    let placement = Placement(library: folder)
                    if let back = try placement.returnMoving(move.name, to: [move.target, move.file]) {
                        return back.path
                    }
                    if let own, try folder.find(move.target)?.identity == own.stamp.identity { return move.target }
                    return nil
                }
                guard let own, let place, place != move.file else { continue }
                renames.append(own.renamed(to: place, target: move.target))
            } catch let error as DiskError {
                // It is tried again; all others go on (S9).
                open.insert(move.file)
                logger.error(
                    "a file that was being renamed could not be looked at",
                    metadata: ["path": "\(move.file)", "reason": "\(error)"])
            }
        }
        _ = try await catalogue.finishMoves(renames, except: open, turn)
        logger.notice("files that were being renamed have their names", metadata: ["files": "\(renames.count)"])
    }

    /// Ends an eviction that nobody drives any more. One that cannot be ended keeps its mark, and is tried again; all
    /// others go on (S9).
    func recoverEviction(
        of image: ImageID, _ file: RelativePath, _ folder: LibraryFolder, _ turn: borrowing UnderTurn
    ) async {
        do {
            do {
                try await endEviction(of: image, file, folder, turn)
            } catch let error as DiskError where error.code == .notAFolder {
                // Its folder has become a link or a file: the library's own folder is one for certain.
                let root = try RelativePath(file.name)
                _ = try await shelf.threads.run { try Placement(library: folder).returnEvicting(image, to: root) }
                try await catalogue.unmarkEvicting(image)
            }
        } catch {
            logger.error(
                "an eviction that was given up could not be ended; it is tried again",
                metadata: ["path": "\(file)", "reason": "\(error)"])
        }
    }

    private func endEviction(
        of image: ImageID, _ file: RelativePath, _ folder: LibraryFolder, _ turn: borrowing UnderTurn
    ) async throws {
        let returned = try await shelf.threads.run { try Placement(library: folder).returnEvicting(image, to: file) }
        let main = try await catalogue.ownFiles(of: image).first { $0.info.form == .main && $0.file == file }
        if let main, !returned, try await isElsewhere(main, folder),
            let reduced = try await reducedCopy(of: main, folder)
        {
            // The main had gone, against a proof and with its reduced copy synced; only the record was missing.
            _ = try await catalogue.recordEviction(of: image, file: file, reduced: reduced, turn)
            logger.notice("an eviction had ended with the agent", metadata: ["path": "\(file)"])
        } else {
            // While the mark stands, nothing else touches either.
            if let main { try? await takeBackReduced(beside: main, folder, turn) }
            try await catalogue.unmarkEvicting(image)
            logger.notice("an eviction was given up: the agent had ended in its midst", metadata: ["path": "\(file)"])
        }
    }

    /// Whether the main does not stand at its place any more: nothing does, or another file.
    private func isElsewhere(_ main: OwnFile, _ folder: LibraryFolder) async throws -> Bool {
        try await shelf.threads.run {
            if folder.isGone(main.file) { return true }
            return try folder.find(main.file).map { $0.identity != main.stamp.identity } ?? false
        }
    }

    private func reducedCopy(of main: OwnFile, _ folder: LibraryFolder) async throws -> OwnFile? {
        let known = try await catalogue.ownFiles(of: main.info.image)
        if let copy = known.first(where: { $0.info.form == .reduced && $0.info.path == main.info.path }) { return copy }
        let file = main.info.path.reduced
        return try await shelf.threads.run {
            guard let found = try folder.find(file),
                let marker = try ReducedMarkerReader.marker(of: file, in: folder), marker.image == main.info.image
            else { return nil }
            return main.reduced(file: file, stamp: found.identity.stamp, edge: marker.edge)
        }
    }
}

extension OwnFile {
    /// The record of its new name, where the agent gave it. Which word on the name that is, the planner says anew.
    func renamed(to place: RelativePath, target: RelativePath) -> OwnRename {
        var new = info
        new.path = info.form == .main ? place : place.mainOfReduced ?? place
        new.generation = nil
        let after = info.form == .main ? target : target.mainOfReduced ?? target
        return OwnRename(from: file, to: place, info: new, origin: origin == nil ? nil : after)
    }

    /// The reduced copy that takes this main's place.
    func reduced(file: RelativePath, stamp: FileStamp, edge: Int) -> OwnFile {
        var copy = self
        (copy.file, copy.stamp, copy.shown) = (file, stamp, nil)
        (copy.info.form, copy.info.bytes, copy.info.edge) = (.reduced, stamp.bytes, edge)
        return copy
    }
}

extension Aside.Folder {
    /// The folder on the disk.
    var store: StoreFolder {
        switch self {
        case .trash: .trash
        case .versions: .versions
        case .damaged: .damaged
        }
    }
}
