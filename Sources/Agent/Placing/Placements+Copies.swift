import Catalogue
import Disk
import Imaging
import Logging
import Model
import Planning

/// An image at several paths.
extension Placements {
    typealias IsSettled = @Sendable (Situation) -> Bool

    /// What the planner wants, asked anew at each step.
    private struct Plan: Sendable {
        let planner: Planner
        let isSettled: IsSettled
        let catalogue: CatalogueDatabase

        private func decision(on image: ImageID) async throws -> Decision? {
            guard let situation = try await catalogue.situations(of: [image]).first, isSettled(situation) else {
                return nil
            }
            return planner.decide(situation)
        }

        func copies(of image: ImageID) async throws -> [(file: RelativePath, to: FileInfo)] {
            guard case .copy(let file, let copies)? = try await decision(on: image) else { return [] }
            return copies.map { (file, $0) }
        }

        func needless(_ image: ImageID) async throws -> RelativePath? {
            guard case .dropCopy(let file)? = try await decision(on: image) else { return nil }
            return file
        }
    }

    /// Brings the paths at which an image stands here in step with those at which a peer has it: copies what is missing, and
    /// removes what nobody wants any more. A name that another file has is left to that.
    ///
    /// - Returns: the image, where something was done.
    ///
    /// - Parameter isSettled: whether the lists of peers that a decision rests on are whole: in the midst of an exchange a
    ///   file that has another name now has both.
    func spread(_ image: ImageID, _ planner: Planner, isSettled: @escaping IsSettled) async -> Set<ImageID> {
        let plan = Plan(planner: planner, isSettled: isSettled, catalogue: catalogue)
        var concerned: Set<ImageID> = []
        while let file = try? await plan.needless(image), await drop(file, of: image, plan) { concerned.insert(image) }
        for (file, info) in (try? await plan.copies(of: image)) ?? [] where !Task.isCancelled {
            let subject = info.file.description
            do {
                if try await copy(file, to: info, plan) { concerned.insert(image) }
                problems.withdrawPassing(subject)
            } catch is CancellationError {
            } catch let error as DiskError where error.code == .notFound || error.code == .changed {
                // It has another name by now, or somebody has removed or changed it, which the watch tells of.
                shelf.doubts.add(file)
                problems.withdrawPassing(subject)
            } catch {
                let reason = "'\(file)' should stand there, too, and could not be copied: \(error)"
                guard problems.report(subject, reason, isPassing: true) else { continue }
                logger.warning("could not copy", metadata: ["path": "\(subject)", "reason": "\(error)"])
            }
        }
        return concerned
    }

    private func copy(_ file: RelativePath, to info: FileInfo, _ plan: Plan) async throws -> Bool {
        guard let own = try await catalogue.ownFile(at: file), own.info.image == info.image, own.info.form == info.form
        else { return false }
        guard try await Receiver.room(on: shelf) >= own.info.bytes else {
            throw DiskError(
                code: .noSpace, message: "The library's disk is full, but for what must stay free; free some there.",
                path: info.path.description, isRetryable: true)
        }
        return own.info.form == .main
            ? try await copyMain(own, to: info, plan) : try await copyReduced(own, to: info, plan)
    }

    private func copyMain(_ own: OwnFile, to info: FileInfo, _ plan: Plan) async throws -> Bool {
        let known = own.known
        // It takes as long as the main is large: nobody waits for that under the turn.
        let copy = try await shelf.run { library in
            let copy = try Placement(library: library).copy(known, of: info.image, attributes: info.attributes)
            do { try copy.seal() } catch {
                copy.discard()
                throw error
            }
            return copy
        }
        do {
            let isPlaced = try await catalogue.change { turn in
                guard try await isToCopy(own, info, plan) else { return false }
                let placed = try await shelf.run { _ in try copy.finish(at: info.file) }
                let shown = try await shelf.run { _ in copy.shown }
                try await record(placed, info, shown: shown, turn)
                return true
            }
            if !isPlaced { _ = try await shelf.run { _ in copy.discard() } }
            return isPlaced
        } catch {
            _ = try? await shelf.run { _ in copy.discard() }
            throw error
        }
    }

    private func copyReduced(_ own: OwnFile, to info: FileInfo, _ plan: Plan) async throws -> Bool {
        try await catalogue.change { turn in
            guard try await isToCopy(own, info, plan) else { return false }
            let smaller = try await catalogue.ownFile(at: info.file)?.known
            let placed = try await shelf.run { library in
                try Placement(library: library).copyReduced(
                    own.known, to: info.file, replacing: smaller, main: info.attributes)
            }
            try await record(placed, info, shown: nil, turn)
            return true
        }
    }

    /// Asked again under the turn: nothing is done on what was so before.
    private func isToCopy(_ own: OwnFile, _ info: FileInfo, _ plan: Plan) async throws -> Bool {
        guard try await plan.copies(of: info.image).contains(where: { $0.file == own.file && $0.to == info }),
            let others = try await catalogue.occupants(of: [info]).first
        else { return false }
        guard others.allSatisfy({ $0.info.image == info.image }) else {
            throw DiskError(
                code: .exists, message: "Another photo has that name here; give one of the two another name.",
                path: info.path.description, isRetryable: true)
        }
        return true
    }

    /// - Returns: whether it is gone.
    private func drop(_ file: RelativePath, of image: ImageID, _ plan: Plan) async -> Bool {
        do {
            let files = try await catalogue.ownFiles(of: image)
            guard let own = files.first(where: { $0.file == file }),
                let other = files.first(where: { $0.file != file && $0.info.form == own.info.form })
            else { return false }
            let (known, beside) = (KnownFile(path: file, identity: own.stamp.identity), other.known)
            if own.info.form == .main {
                // What stays is read first: it is all that there is then.
                let read = try await shelf.prover(of: try shelf.demand()).read(beside, nonces: [])
                guard read.image == image else {
                    throw DiskError(
                        code: .changed, message: "'\(beside.path)' is not what it was; `syncctl verify` says more.",
                        path: beside.path.description, isRetryable: true)
                }
            }
            let isGone = try await catalogue.change { turn in
                guard try await plan.needless(image) == file else { return false }
                if own.info.form == .reduced {
                    try await removeReduced(own, turn)
                    return true
                }
                // Off the list first: a file that is gone and still recorded looks like a person's doing.
                try await catalogue.apply([.gone(file, byPerson: false)], turn)
                do {
                    try await shelf.run { try Placement(library: $0).removeCopy(known, beside: beside) }
                } catch {
                    try await catalogue.apply([.image(own)], turn)
                    throw error
                }
                return true
            }
            problems.withdrawPassing(file.description)
            return isGone
        } catch is CancellationError {
            return false
        } catch {
            let reason = "It is not wanted here any more, and could not be removed: \(error)"
            if problems.report(file.description, reason, isPassing: true) {
                logger.warning("could not remove a copy", metadata: ["path": "\(file)", "reason": "\(error)"])
            }
            return false
        }
    }

    private func record(
        _ placed: KnownFile, _ info: FileInfo, shown: FileAttributes?, _ turn: borrowing UnderTurn
    ) async throws {
        var info = info
        info.bytes = placed.identity.bytes
        let file = OwnFile(
            info: info, file: placed.path, stamp: placed.identity.stamp, origin: info.path, shown: shown)
        _ = try await catalogue.apply([.image(file)], turn)
    }
}

extension OwnFile {
    /// What the disk compares.
    fileprivate var known: KnownFile { KnownFile(path: file, identity: stamp.identity) }
}
