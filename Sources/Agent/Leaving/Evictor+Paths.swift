import Catalogue
import Disk
import Model
import Planning

/// An image at several paths.
extension Evictor {
    /// Has reduced copies stand for the mains of the image at other paths than that of `own`, which goes last, and is what
    /// was proven. Where the eviction ends early, what is gone stays a reduced copy, or is copied again where mains are kept.
    ///
    /// - Returns: `own` as it stands then.
    func removeOthers(
        than own: OwnFile, _ reduced: OwnFile, _ turn: borrowing UnderTurn
    ) async throws -> KnownFile {
        let source = KnownFile(path: reduced.file, identity: reduced.stamp.identity)
        var left = try await catalogue.ownFiles(of: own.info.image).filter { $0.info.form == .main }
        guard left.contains(where: { $0.file == own.file && $0.stamp == own.stamp }) else {
            throw Eviction.Obstacle("its file was just changed or moved", isPassing: true)
        }
        while let index = left.firstIndex(where: { $0.file != own.file }) {
            let other = left.remove(at: index)
            let file = other.info.path.reduced
            let earlier = try await catalogue.ownFile(at: file).flatMap {
                $0.info.form == .reduced && $0.info.image == own.info.image
                    ? KnownFile(path: file, identity: $0.stamp.identity) : nil
            }
            let placed = try await shelf.run { folder in
                try Placement(library: folder).copyReduced(
                    source, to: file, replacing: earlier, main: other.info.attributes)
            }
            let copy = other.reduced(file: file, stamp: placed.identity.stamp, edge: reduced.info.edge ?? policy.edge)
            // Off the list first: a file that is gone and still recorded looks like a person's doing.
            try await catalogue.apply([.gone(other.file, byPerson: false), .image(copy)], turn)
            let rest = left
            do {
                left = try await shelf.run { folder in
                    let beside = rest.first { $0.file == own.file } ?? own
                    try Placement(library: folder).removeCopy(
                        KnownFile(path: other.file, identity: other.stamp.identity),
                        beside: KnownFile(path: own.file, identity: beside.stamp.identity))
                    // Other names of the same file: it has one less now.
                    return try rest.map { try $0.afterUnlink(of: other.stamp, in: folder) }
                }
            } catch {
                // It stands there still, or what a person has put in its place.
                try await catalogue.apply([.gone(copy.file, byPerson: false), .image(other)], turn)
                try? await shelf.run { try Placement(library: $0).removeReduced(placed, pruning: false) }
                throw error
            }
        }
        return KnownFile(path: own.file, identity: (left.first ?? own).stamp.identity)
    }
}

extension OwnFile {
    /// The same, where it is another name of a file that has just lost one: that changes its ctime, and nothing else.
    fileprivate func afterUnlink(of other: FileStamp, in folder: LibraryFolder) throws -> OwnFile {
        guard stamp.inode == other.inode, let found = try folder.find(file)?.identity.stamp, found.inode == stamp.inode,
            found.bytes == stamp.bytes, found.modified == stamp.modified
        else { return self }
        var own = self
        own.stamp = found
        return own
    }
}
