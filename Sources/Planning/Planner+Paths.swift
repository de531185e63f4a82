public import Model

/// At which paths an image is to stand here, where somebody has it at several: an album is often made of copies.
///
/// The paths at which one node has the image are one word, as late as the latest of its names. The latest word counts;
/// where several are equally late, all that they say does. What a later word does not name any more goes, where this node
/// placed it and has the image elsewhere; what a person put here stays.
extension Planner {
    /// Paths at which one image is copied to, at most: a peer may name very many.
    static let mostPaths = 1_000

    /// The records of peers that say where the image is to stand, each path once, and whether they are later than what
    /// this node has; nil where neither a peer nor this node has it at more than one path.
    func severalPaths(_ situation: Situation) -> (said: [FileInfo], isLater: Bool)? {
        guard situation.own.count > 1 || Self.isAtSeveral(situation.claims) else { return nil }
        let known = Set(
            situation.claims.map(\.info.path) + situation.own.map(\.info.path) + situation.own.compactMap(\.origin))
        var words: [NodeID: [FileInfo]] = [:]
        for claim in situation.claims where !claim.isEdited && !Self.isBeside(claim.info, known) {
            words[claim.peer, default: []].append(claim.info)
        }
        // Beside its main a reduced copy is on its way out.
        for (peer, word) in words where word.contains(where: { $0.form == .main }) {
            words[peer] = word.filter { $0.form == .main }
        }
        guard situation.own.count > 1 || words.values.contains(where: { $0.count > 1 }) else { return nil }
        let latest = words.values.joined().map(\.word).max() ?? 0
        let own = situation.own.map(\.info.word).max() ?? 0
        guard latest >= own else { return ([], false) }
        var said: [RelativePath: FileInfo] = [:]
        for word in words.values where word.contains(where: { $0.word == latest }) {
            // Where nobody has said anything yet, one path is where somebody happens to have it.
            if latest == 0 && word.count == 1 { continue }
            for info in word where said[info.path].map({ $0.word < info.word }) ?? true { said[info.path] = info }
        }
        return (said.values.sorted { $0.path < $1.path }, latest > own)
    }

    /// Whether one peer has the image at two paths. Claims of one peer stand together.
    static func isAtSeveral(_ claims: [Situation.Claim]) -> Bool {
        zip(claims, claims.dropFirst()).contains { $0.peer == $1.peer && $0.info.path != $1.info.path }
    }

    /// Whether a name is one beside a taken one, which nobody gave.
    private static func isBeside(_ info: FileInfo, _ paths: Set<RelativePath>) -> Bool {
        info.generation == nil && info.path.disambiguationBases.contains(where: paths.contains)
    }

    /// The own files that are to have other names, all at once: what is half done looks like another word.
    public func moves(_ situation: Situation) -> [(from: RelativePath, to: FileInfo)] {
        guard case .move(let from, let to) = decide(situation) else { return [] }
        let places = severalPaths(situation) == nil ? [] : places(to.form, situation)
        return places.isEmpty ? [(from, to)] : places
    }

    /// Gives the own files the names that count: those that have none of them get those that are missing, or go.
    func placed(_ form: Form, _ situation: Situation) -> Decision? {
        // First: whoever has the latest name has said that the others are to stay.
        if let needless = fates(of: form, situation).needless.first { return .dropCopy(file: needless.file) }
        return places(form, situation).first.map { .move(from: $0.from, to: $0.to) }
    }

    /// Gives an own file that stands beside a taken name that name, in case it is free now: last of all, as it may be taken
    /// still.
    func freed(_ form: Form, _ situation: Situation) -> Decision? {
        guard let (said, _) = severalPaths(situation) else { return nil }
        let own = situation.own.filter { $0.info.form == form }
        for info in said where !situation.refuses(info) && !own.contains(where: { $0.info.path == info.path }) {
            let beside = own.filter { $0.info.generation == nil && $0.info.path.isDisambiguation(of: info.path) }
            guard let file = beside.min(by: { $0.file < $1.file }) else { continue }
            return .move(from: file.file, to: file.info.named(as: info))
        }
        return nil
    }

    private func places(_ form: Form, _ situation: Situation) -> [(from: RelativePath, to: FileInfo)] {
        guard let (said, _) = severalPaths(situation) else { return [] }
        let own = Dictionary(situation.own.lazy.filter { $0.info.form == form }.map { ($0.info.path, $0) }) { $1 }
        let raised = said.compactMap { info -> (from: RelativePath, to: FileInfo)? in
            guard let file = own[info.path], info.word > file.info.word else { return nil }
            return (file.file, file.info.named(as: info))
        }
        return raised + fates(of: form, situation).moves.map { ($0.file.file, $0.file.info.named(as: $0.to)) }
    }

    /// What becomes of own files that have none of the names that count.
    private func fates(
        of form: Form, _ situation: Situation
    ) -> (moves: [(file: Situation.Own, to: FileInfo)], needless: [Situation.Own]) {
        guard let (said, isLater) = severalPaths(situation), isLater else { return ([], []) }
        let own = situation.own.filter { $0.info.form == form && $0.file == $0.info.file }
        let paths = Set(said.map(\.path))
        var others = own.filter { !paths.contains($0.info.path) }
        var missing = missing(said, situation)
        // What a person put here moves where it is plain that the word is about it, as about the only one there is.
        let isPlain =
            situation.own.count == 1
            || (others.count == missing.count
                && (others.count < own.count
                    || missing.allSatisfy { info in others.contains { $0.info.path.name == info.path.name } }))
        others.removeAll { $0.origin == nil && !isPlain }
        var moves: [(file: Situation.Own, to: FileInfo)] = []
        // A folder that was renamed keeps the names in it; then whatever is left.
        for isAlike in [true, false] {
            for info in missing {
                let index = others.firstIndex { !isAlike || $0.info.path.name == info.path.name }
                guard let file = index.map({ others.remove(at: $0) }) else { continue }
                missing.removeAll { $0.path == info.path }
                moves.append((file, info))
            }
        }
        return (moves, situation.own.count > others.count ? others.filter { $0.origin != nil } : [])
    }

    /// Copies an own file to the paths that are missing, and over reduced copies that are smaller.
    func copied(_ source: Situation.Own, _ situation: Situation) -> Decision? {
        guard let (said, _) = severalPaths(situation) else { return nil }
        var copies = missing(said, situation).map { info in
            var copy = source.info.named(as: info)
            (copy.replaces, copy.edition) = (info.replaces, info.edition)
            // What a person put here is read by nobody else through a copy.
            if let said = info.attributes {
                let mode = source.origin == nil ? source.info.attributes?.mode : nil
                copy.attributes = mode.map(said.within) ?? said
            }
            return copy
        }
        for own in situation.own where own.info.form == .reduced && own.file == own.info.file {
            guard let edge = source.info.edge, (own.info.edge ?? 0) < edge else { continue }
            var copy = own.info
            (copy.edge, copy.bytes) = (edge, source.info.bytes)
            copies.append(copy)
        }
        return copies.isEmpty ? nil : .copy(from: source.file, to: copies)
    }

    private func missing(_ said: [FileInfo], _ situation: Situation) -> [FileInfo] {
        // What stands beside a taken name waits for it there.
        let own = Set(
            situation.own.flatMap { own in
                own.info.generation == nil ? [own.info.path] + own.info.path.disambiguationBases : [own.info.path]
            })
        let missing = said.lazy.filter { !situation.refuses($0) && !own.contains($0.path) }
        return Array(missing.prefix(max(0, Self.mostPaths - situation.own.count)))
    }
}

extension Situation {
    /// Whether a peer has the image at two paths.
    public var isAtSeveral: Bool { Planner.isAtSeveral(claims) }

    /// Whether a person here does not want the image at this path, and nobody has said a later word on that.
    func refuses(_ info: FileInfo) -> Bool { refused[info.path].map { $0 >= info.word } ?? false }
}

extension FileInfo {
    /// Which word on the name its path is; 0 for none.
    fileprivate var word: Int64 { generation ?? 0 }

    /// The same under the name that `other` has.
    fileprivate func named(as other: FileInfo) -> FileInfo {
        var info = self
        (info.path, info.generation) = (other.path, other.generation)
        return info
    }
}
