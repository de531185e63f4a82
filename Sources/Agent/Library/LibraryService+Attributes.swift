import Catalogue
import Disk
import Model
import Planning

/// What mains are beside their bytes.
extension LibraryService {
    /// What is to be said of a main beside its bytes, whose file shows this now.
    ///
    /// - Parameter known: the same main as it was known until now; nil where it is new.
    func attributes(
        _ shown: FileAttributes?, of known: OwnFile?, _ stamp: FileStamp
    ) async throws -> FileAttributes? {
        guard let known, let shown else { return shown ?? known?.info.attributes }
        let (said, earlier) = (known.info.attributes, known.shown ?? known.info.attributes)
        guard let earlier else { return known.origin == nil ? shown : nil }
        // Whoever copies the library to another disk, or brings a file back, has changed nothing of what it is.
        guard known.stamp.inode == stamp.inode, !earlier.looks(like: shown) else { return said }
        let changed = (said ?? earlier).changed(from: earlier, to: shown)
        let claims = try await parts.catalogue.situations(of: [known.info.image]).first?.claims
        let others = (claims ?? []).compactMap(\.info.attributes)
        // This node itself has made it so, and was ended before it was on record.
        if let other = others.first(where: { $0.changes > changed.changes && $0.looks(like: changed) }) { return other }
        return changed.latest(of: others)
    }

    /// Asks what mains are beside their bytes that an earlier version has found, which took no note of it. Nothing of them
    /// is read for that.
    func learnAttributes() async throws {
        var last: RelativePath?
        while true {
            try Task.checkCancellation()
            let (catalogue, shelf, after) = (parts.catalogue, parts.shelf, last)
            let (page, images) = try await catalogue.change { turn in
                let page = try await catalogue.plainMains(after: after, limit: Self.batch)
                let all = try await shelf.run { folder in
                    page.map { folder.attributes(of: KnownFile(path: $0.file, identity: $0.stamp.identity)) }
                }
                let images = try await catalogue.apply(
                    zip(page, all).compactMap { own, attributes in
                        var own = own
                        own.info.attributes = attributes
                        return attributes == nil ? nil : .image(own)
                    }, turn)
                return (page, images)
            }
            await published(images)
            last = page.last?.file
            if page.count < Self.batch { return }
        }
    }
}
