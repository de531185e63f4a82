import Model
import Planning

/// The facts that planning asks for.
extension SimCatalogue {
    /// What this node knows of one image.
    func situation(of image: Int) -> Situation {
        var situation = Situation(image: Names.images[image])
        for row in rows where row.image == image {
            situation.own.append(Situation.Own(info: row.info, file: row.path, origin: row.origin))
        }
        if situation.own.count > 1 { situation.own.sort { $0.file < $1.file } }
        for (peer, mirror) in mirrors.enumerated() {
            for record in mirror.records where record.image == image {
                guard let info = record.info else { continue }
                situation.claims.append(
                    Situation.Claim(peer: Names.nodes[peer], info: info, isKeeper: rights[peer].contains(.keeps)))
            }
        }
        situation.isDismissed = dismissed.contains(image)
        situation.asked = asked[image]
        situation.isEvicting = isMarked(image)
        situation.deletion = word(on: image)
        for aside in asides where aside.image == image && aside.cause == .deleted && aside.isDone {
            situation.trash.append(Situation.Trashed(name: aside.name, info: aside.info))
        }
        guard !(situation.claims.isEmpty && situation.own.isEmpty) else { return situation }
        let isOrphan = !situation.own.contains { $0.info.form == .main } && situation.mains() == 0
        let places = situation.claims.map(\.info.path) + situation.own.map { $0.origin ?? $0.info.path }
        situation.isReplaced =
            situation.own.allSatisfy(\.isCopy)
            && places.allSatisfy { replaces(Names.images[image], at: $0, orBeside: isOrphan) }
        if situation.own.isEmpty,
            asides.contains(where: { $0.image == image && $0.cause == .superseded })
        {
            situation.isReplaced = situation.isReplaced || isReplacedAnywhere(Names.images[image])
        }
        if situation.isReplaced, !situation.own.isEmpty {
            let rank = rank(of: situation.image)
            let edits = peersRecords.map(\.info).filter { $0.supersedes(situation.image, of: rank) }
            situation.isEditComing =
                !edits.isEmpty
                && edits.allSatisfy { edit in
                    guard let number = Names.number(edit.image) else { return false }
                    return !rows.contains { $0.image == number } && !dismissed.contains(number) && !isDeleted(number)
                }
        }
        for index in situation.claims.indices {
            let path = situation.claims[index].info.path
            situation.claims[index].isEdited = replaces(Names.images[image], at: path, orBeside: false)
        }
        situation.replaced = replaced(by: situation)
        situation.yielding =
            situation.own.first { own in
                own.isEdit
                    && peersRecords.contains { peer, info in
                        info.path == own.info.path && info.image < own.info.image && Situation.areApart(info, own.info)
                            && !rows.contains { $0.info.image == info.image && $0.isMain && $0.origin == nil }
                            && !(Names.number(info.image).map(dismissed.contains) ?? false)
                    }
            }?.file
        return situation
    }

    private var peersRecords: [(peer: Int, info: FileInfo)] {
        mirrors.enumerated().flatMap { peer, mirror in mirror.records.compactMap { $0.info.map { (peer, $0) } } }
    }

    /// The highest rank that a record of an image has, own or a peer's.
    func rank(of image: ImageID) -> Int64 {
        let own = rows.lazy.map(\.info).filter { $0.image == image }.map(\.rank).max() ?? 0
        return peersRecords.lazy.filter { $0.info.image == image }.map(\.info.rank).max().map { max($0, own) } ?? own
    }

    /// The highest rank of the records that say that an image was replaced.
    func rankOfEdits(of image: ImageID) -> Int64 {
        let all = rows.map(\.info) + peersRecords.map(\.info)
        return all.lazy.filter { $0.replaces.contains(image) }.map(\.rank).max() ?? 0
    }

    private func isReplacedAnywhere(_ image: ImageID) -> Bool {
        let rank = rank(of: image)
        return peersRecords.contains { $0.info.supersedes(image, of: rank) && !holds($0.peer, image) }
    }

    private func holds(_ peer: Int, _ image: ImageID) -> Bool {
        mirrors[peer].records.contains { $0.info?.image == image && $0.info?.form == .main }
    }

    /// Whether a peer has, or had, an image in any form.
    private func knew(_ peer: Int, _ image: ImageID) -> Bool {
        Names.number(image).map(had[peer].contains) == true
            || mirrors[peer].records.contains { $0.info?.image == image }
    }

    /// The own files that an image took the place of, as peers say.
    private func replaced(by situation: Situation) -> [Situation.Own] {
        var replaced: [Situation.Own] = []
        for claim in situation.claims {
            let places = situation.claims.count { $0.peer == claim.peer && !$0.info.replaces.isEmpty }
            for row in rows
            where places == 1 && claim.info.supersedes(row.info.image, of: rank(of: row.info.image)) {
                let own = Situation.Own(info: row.info, file: row.path, origin: row.origin)
                let isAlone = rows.count { $0.image == row.image } == 1
                let isAtPath =
                    row.info.path == claim.info.path || row.origin == claim.info.path
                    || (row.origin != nil && row.info.generation == nil
                        && row.info.path.isDisambiguation(of: claim.info.path))
                let isRenamed = row.info.generation != nil || claim.info.generation != nil
                let isTheirs = Names.number(claim.peer).map { knew($0, row.info.image) } ?? false
                let isHeldThere = Names.number(claim.peer).map { holds($0, row.info.image) } ?? false
                guard isAtPath || (isRenamed && isAlone), !isHeldThere, isTheirs || !row.isMain, !replaced.contains(own)
                else { continue }
                replaced.append(own)
            }
        }
        return replaced.sorted { $0.file < $1.file }
    }

    /// Whether a peer says that another image took the place of `image` at `path`.
    private func replaces(_ image: ImageID, at path: RelativePath, orBeside: Bool) -> Bool {
        // Most have no record that replaces anything, and a rank is asked for seldom.
        let edits = mirrors.lazy.flatMap(\.records).compactMap(\.info).filter { info in
            info.replaces.contains(image) && (info.path == path || orBeside && path.isDisambiguation(of: info.path))
        }
        guard let highest = edits.map(\.rank).max() else { return false }
        return highest > rank(of: image)
    }

    /// What bears on whether the main of `image` may leave, or be promised.
    ///
    /// - Parameter blind: overlooks that a file is on its way into one of the agent's own folders.
    func custody(of image: Int, blind: Bool = false) -> Custody {
        let holdsMain = rows.contains { row in
            row.image == image && row.isMain && (blind || !asides.contains { $0.isIntended && $0.path == row.path })
        }
        return Custody(
            holdsMain: holdsMain, isEvicting: isMarked(image), isDeleted: isDeleted(image),
            heldUntil: custodyUntil(image).map { .milliseconds($0) })
    }

    /// All images that this node knows of, in order.
    var images: [Int] {
        var images = Set(rows.map(\.image))
        for mirror in mirrors { for record in mirror.records { if let image = record.image { images.insert(image) } } }
        for word in words { if let image = word.image { images.insert(image) } }
        for aside in asides { images.insert(aside.image) }
        return images.sorted()
    }
}
