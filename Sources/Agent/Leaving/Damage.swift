import Catalogue
import Disk
import Logging
import Model
import Planning

/// Mains whose content is no longer what it was although nobody changed them (S8): their ctime is what it was, and no
/// program can put that back. With another one, whatever size and mtime say, somebody wrote to the file, which is theirs.
///
/// Each is read once more to be sure, set aside, reported, never published, and got again from a holder.
struct Damage: Sendable {
    let shelf: Shelf
    let catalogue: CatalogueDatabase
    let departures: Departures
    let steering: Steering
    let library: LibraryService
    let problems: Problems
    let logger: Logger

    /// What became of a main that was looked at.
    enum Finding: Sendable, Equatable {
        /// With its stamp as it was read.
        case right(OwnFile)
        /// It is not the file that it was: a person changed or moved it.
        case changed
        /// It is not there any more.
        case gone
        /// It is damaged, and was set aside under this name.
        case damaged(name: String)
        /// It could not be read, or a peer relies on it just now.
        case unclear(reason: String)
    }

    /// Reads a main again, on the given threads, and deals with what is wrong with it.
    func check(_ own: OwnFile, with reader: MainReader) async throws -> Finding {
        let known = KnownFile(path: own.file, identity: own.stamp.identity)
        do {
            let read = try await reader.read(known)
            let first = read.image
            if first == own.info.image {
                var right = own
                right.stamp = read.identity.stamp
                return .right(right)
            }
            // A cable or a memory that lies once does not lie twice alike.
            guard try await reader.read(known).image == first else {
                let reason = "It read differently twice: check the disk's cable and the memory of this machine."
                problems.report(own.file.description, reason)
                return .unclear(reason: reason)
            }
            if own.stamp.changed == nil { return unexplained(own) }
            return try await setAside(own)
        } catch let error as DiskError {
            switch error.code {
            case .changed, .changedWhileRead, .notFound:
                await library.suspect(own.file)
                return error.code == .notFound ? .gone : .changed
            default:
                if problems.report(own.file.description, error.message) {
                    logger.error("could not read a main", metadata: ["path": "\(own.file)", "reason": "\(error)"])
                }
                return .unclear(reason: error.message)
            }
        }
    }

    /// An earlier version has read it, and took no note of its ctime: this may be damage as well as an edit whose times were
    /// put back, and only a person knows which.
    private func unexplained(_ own: OwnFile) -> Finding {
        let reason =
            "Its bytes are not those that were recorded, and it is not known whether somebody changed them: if you did, "
            + "run `touch` on it, and it is taken over; if not, move it out of the library, and `syncctl restore` gets it "
            + "again."
        if problems.report(own.file.description, reason) {
            logger.error("a main is not what was recorded", metadata: ["path": "\(own.file)"])
        }
        return .unclear(reason: reason)
    }

    /// Looks at a main of which somebody found that it is not what it should be.
    func suspect(_ own: OwnFile) async {
        guard let folder = shelf.folder else { return }
        _ = try? await check(own, with: shelf.prover(of: folder))
    }

    private func setAside(_ own: OwnFile) async throws -> Finding {
        let (catalogue, departures) = (catalogue, departures)
        let images: Set<ImageID>
        do {
            images = try await catalogue.change { turn in
                // Whoever changed or moved it meanwhile has the better word.
                guard try await catalogue.ownFile(at: own.file) == own else { return [] }
                try await catalogue.ask(.main, of: [own.info.image])
                return try await departures.setAside(own, into: .damaged, turn)
            }
        } catch let held as Departures.Held {
            return .unclear(reason: "It is damaged, and is set aside once that is over: \(held).")
        }
        guard !images.isEmpty else { return .changed }
        let aside = try await catalogue.asides(of: own.info.image, in: .damaged).last
        report(own, aside?.name ?? "")
        await steering.consider(images)
        return .damaged(name: aside?.name ?? "")
    }

    private func report(_ own: OwnFile, _ name: String) {
        logger.error(
            "a main is damaged and was set aside", metadata: ["path": "\(own.file)", "as": ".mainstay/damaged/\(name)"])
        problems.report(
            Self.subject(name),
            "The main '\(own.info.path)' was damaged on the disk and is kept under this name; it is got again from whoever "
                + "holds it. Check that disk.")
    }

    /// By the damaged file, as the image's own path may soon have another.
    static func subject(_ name: String) -> String { ".mainstay/damaged/\(name)" }

    /// Shows the damage of earlier runs, and withdraws what was repaired.
    func recall() async throws {
        for aside in try await catalogue.asides(in: .damaged) {
            let isRepaired = try await catalogue.ownFiles(of: aside.own.info.image).contains { $0.info.form == .main }
            if isRepaired { problems.withdraw(Self.subject(aside.name)) } else { report(aside.own, aside.name) }
        }
    }
}
