public import Model

/// Which name an image is to have here. All nodes that know the same come to the same name.
extension Planner {
    /// Whether the name of `a` counts instead of that of `b`: it is the later word, or sorts first.
    public static func isLater(_ a: FileInfo, _ b: FileInfo) -> Bool {
        let (first, second) = (a.generation ?? 0, b.generation ?? 0)
        return first == second ? a.path < b.path : first > second
    }

    /// The latest word of peers on the image's name; nil where nobody has said anything of it. A peer that has the image
    /// at two paths says nothing of which is its name.
    func word(in situation: Situation) -> FileInfo? {
        situation.claims.lazy.filter { claim in
            claim.info.generation != nil && !claim.isEdited
                && !situation.claims.contains { $0.peer == claim.peer && $0.info.path != claim.info.path }
        }.map(\.info).min(by: Self.isLater)
    }

    /// A main follows the latest word on its name. Where nobody has said any, one that was placed here after a peer's
    /// follows when that one has another name now, and one that a person put or moved here stays where it is.
    func followed(_ main: Situation.Own, _ situation: Situation) -> Decision? {
        guard situation.own.count == 1 else { return nil }
        var there = main.info
        if let word = word(in: situation) {
            guard isToFollow(word, main.info) else { return nil }
            (there.path, there.generation) = (word.path, word.generation)
            return .move(from: main.file, to: there)
        }
        let claims = situation.claims.lazy.filter { $0.info.form == .main && !$0.isEdited }.map(\.info)
        guard main.info.generation == nil, isWhereItWasPut(main) else { return nil }
        if let name = nameBeside(main), claims.contains(where: { $0.path == name }) {
            there.path = name
            return .move(from: main.file, to: there)
        }
        guard !situation.claims.contains(where: { $0.info.path == main.info.path }),
            let path = claims.map(\.path).first(where: { $0 == main.origin }) ?? claims.map(\.path).min()
        else { return nil }
        there.path = path
        return .move(from: main.file, to: there)
    }

    private func isToFollow(_ word: FileInfo, _ own: FileInfo) -> Bool {
        word.generation == own.generation ? word.path < own.path : Self.isLater(word, own)
    }

    /// Whether an own file stands where this node placed it: under the name that it followed, or beside it.
    private func isWhereItWasPut(_ own: Situation.Own) -> Bool {
        guard let origin = own.origin else { return own.info.form == .reduced && own.file == own.info.file }
        return own.file == own.info.file && (own.info.path == origin || own.info.path.isDisambiguation(of: origin))
    }

    /// The name beside which a file stands that could not have it; others that stand beside it too say nothing of that.
    private func nameBeside(_ own: Situation.Own) -> RelativePath? {
        own.origin.flatMap { own.info.path.isDisambiguation(of: $0) ? $0 : nil }
    }

    /// Keeps the place, and what is recorded, of an own reduced copy in step with its holders.
    func followed(
        _ own: Situation.Own, _ mains: [FileInfo], _ lead: FileInfo, _ situation: Situation
    ) -> Decision? {
        let paths = Set(mains.map(\.path))
        let said = word(in: situation)
        var place = paths.contains(own.info.path) ? own.info.path : lead.path
        var generation = own.info.generation
        if let said, situation.own.count == 1, own.file == own.info.file, isToFollow(said, own.info) {
            (place, generation) = (said.path, said.generation)
        } else if said != nil || generation != nil {
            place = own.info.path
        } else if let origin = own.origin, origin != own.info.path, paths.contains(origin), isWhereItWasPut(own),
            nameBeside(own) != nil || !paths.contains(own.info.path)
        {
            place = origin
        }
        var there = mains.first { $0.path == place } ?? lead
        (there.path, there.generation) = (place, generation)
        there.form = .reduced
        there.bytes = own.info.bytes
        there.edge = own.info.edge
        (there.replaces, there.edition) = (own.info.replaces, own.info.edition)
        there.take(editsOf: latestEdit(situation))
        there.attributes = own.info.attributes

        if place != own.info.path {
            // A file name that was cut to fit tells less than the holder's path: same file, better record.
            if own.file == there.file { return .adopt(file: own.file, info: there) }
            // A person's own place for it is left alone.
            let isLeft = own.origin.map { $0 != place && paths.contains($0) } ?? true
            if generation != nil || (!isLeft && isWhereItWasPut(own)) { return .move(from: own.file, to: there) }
            return nil
        }
        there.attributes = latest(own.info.attributes, situation)
        return there == own.info ? nil : .adopt(file: own.file, info: there)
    }
}
