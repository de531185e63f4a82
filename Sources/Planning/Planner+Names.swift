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
            claim.info.generation != nil && !claim.isEdited && !situation.refuses(claim.info)
                && !situation.claims.contains { $0.peer == claim.peer && $0.info.path != claim.info.path }
        }.map(\.info).min(by: Self.isLater)
    }

    /// A main follows the latest word on its name. Where nobody has said any, one that was placed here after a peer's
    /// follows when that one has another name now, and one that a person put or moved here stays where it is.
    func named(_ main: Situation.Own, _ situation: Situation) -> Decision? {
        if severalPaths(situation) != nil { return placed(.main, situation) }
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

    /// Keeps the places, and what is recorded, of own reduced copies in step with their holders.
    func named(
        _ best: Situation.Own, _ mains: [FileInfo], _ lead: FileInfo, _ situation: Situation
    ) -> Decision? {
        guard severalPaths(situation) != nil else { return followed(best, mains, lead, situation) }
        let adopted = situation.own.lazy.filter { $0.info.form == .reduced }.compactMap { own in
            let main = mains.first { $0.path == own.info.path } ?? lead
            let claims = situation.claims.filter { $0.info.path == own.info.path }
            return recorded(own, as: main, at: own.info.path, own.info.generation, claims)
        }.first
        return adopted ?? placed(.reduced, situation)
    }

    private func followed(
        _ own: Situation.Own, _ mains: [FileInfo], _ lead: FileInfo, _ situation: Situation
    ) -> Decision? {
        let paths = Set(mains.map(\.path))
        let said = word(in: situation)
        var place = paths.contains(own.info.path) ? own.info.path : lead.path
        var generation = own.info.generation
        if let said, own.file == own.info.file, isToFollow(said, own.info) {
            (place, generation) = (said.path, said.generation)
        } else if said != nil || generation != nil {
            place = own.info.path
        } else if let origin = own.origin, origin != own.info.path, paths.contains(origin), isWhereItWasPut(own),
            nameBeside(own) != nil || !paths.contains(own.info.path)
        {
            place = origin
        }
        let main = mains.first { $0.path == place } ?? lead
        guard place != own.info.path else { return recorded(own, as: main, at: place, generation, situation.claims) }
        let there = record(own, as: main, at: place, generation, situation.claims)
        // A file name that was cut to fit tells less than the holder's path: same file, better record.
        if own.file == there.file { return .adopt(file: own.file, info: there) }
        // A person's own place for it is left alone.
        let isLeft = own.origin.map { $0 != place && paths.contains($0) } ?? true
        if generation != nil || (!isLeft && isWhereItWasPut(own)) { return .move(from: own.file, to: there) }
        return nil
    }

    /// What is to be said of an own reduced copy, by what is said of its main.
    private func record(
        _ own: Situation.Own, as main: FileInfo, at place: RelativePath, _ generation: Int64?,
        _ claims: [Situation.Claim]
    ) -> FileInfo {
        var there = main
        (there.path, there.generation) = (place, generation)
        there.form = .reduced
        there.bytes = own.info.bytes
        there.edge = own.info.edge
        (there.replaces, there.edition) = (own.info.replaces, own.info.edition)
        there.take(editsOf: Self.latestEdit(claims))
        there.attributes = own.info.attributes
        return there
    }

    private func recorded(
        _ own: Situation.Own, as main: FileInfo, at place: RelativePath, _ generation: Int64?,
        _ claims: [Situation.Claim]
    ) -> Decision? {
        var there = record(own, as: main, at: place, generation, claims)
        there.attributes = Self.latest(own.info.attributes, Self.meant(claims, at: place))
        return there == own.info ? nil : .adopt(file: own.file, info: there)
    }
}
