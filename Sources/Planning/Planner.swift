public import Model

/// The one function that says what a node wants.
///
/// Running agents, `syncctl why` and the simulator all use it, so what a person is told is what happens.
public struct Planner: Sendable {
    /// What the node is told to keep.
    public var policy: Policy
    /// Peers that answer now; they are asked before those that do not.
    public var reachable: Set<NodeID>
    /// Bytes that the library may still take up under its limit; nil without one.
    public var room: Int64?
    /// Who makes reduced copies of what.
    public var reducible: Reducible

    public init(
        policy: Policy, reachable: Set<NodeID> = [], room: Int64? = nil, reducible: Reducible = Reducible()
    ) {
        self.policy = policy
        self.reachable = reachable
        self.room = room
        self.reducible = reducible
    }

    /// What to do about one image.
    public func decide(_ situation: Situation) -> Decision {
        // What this node does not look at is not put here either. Of an image that stands at other paths, too, those count.
        guard situation.claims.contains(where: { policy.ignoring.reason($0.info.path) != nil }) else {
            return wanted(situation)
        }
        var listed = situation
        listed.claims.removeAll { policy.ignoring.reason($0.info.path) != nil }
        if listed.claims.isEmpty, situation.own.isEmpty, !situation.isDeleted { return .nothing(.ignored) }
        return wanted(listed)
    }

    private func wanted(_ situation: Situation) -> Decision {
        if situation.isEvicting { return .nothing(.evicting) }
        if situation.isDeleted {
            let last = situation.main ?? situation.own.first
            return last.map { .trash(file: $0.file) } ?? .nothing(.deleted)
        }
        let reduced = situation.own.filter { $0.info.form == .reduced }
            .max { ($0.info.edge ?? 0, $1.file) < ($1.info.edge ?? 0, $0.file) }
        // All of them: an image may have stood at several paths. Of a reduced copy a new one is got, unless it is the
        // last picture there is.
        if let main = situation.trash.first(where: { $0.info.form == .main }) { return .putBack(main) }
        if let main = situation.main {
            // One at a person's own path is there since an eviction of all paths that ended early.
            if let reduced, reduced.info.path == main.info.path || reduced.origin != nil || wantsMain(situation) {
                return .dropReduced(file: reduced.file)
            }
            if let old = situation.replaced.first { return .retire(file: old.file) }
            if let edit = situation.yielding { return .stepAside(file: edit) }
            return changed(situation) ?? named(main, situation) ?? copiedMain(main, situation)
                ?? freed(.main, situation) ?? .nothing(.holdsMain)
        }
        if let copy = situation.trash.first, reduced == nil, situation.claims.isEmpty { return .putBack(copy) }
        let mains = situation.claims.filter { $0.info.form == .main }
        if situation.isDismissed {
            // Dismissed by name, with the copy still here. The last picture of it stays.
            if let reduced, !mains.isEmpty { return .dropReduced(file: reduced.file) }
            return .nothing(.dismissed)
        }
        let names = Self.names(of: mains)
        guard let lead = names.map(\.info).min(by: Self.isLater) else {
            if let reduced {
                if situation.isOver { return .retire(file: reduced.file) }
                return .nothing(.holdsReduced(edge: reduced.info.edge ?? 0))
            }
            return withoutHolder(situation)
        }
        let form = wantedForm(of: lead, situation)
        if let reduced {
            if let old = situation.replaced.first(where: { $0.info.form == .reduced }) {
                return .retire(file: old.file)
            }
            if situation.isReplaced { return .nothing(.holdsReduced(edge: reduced.info.edge ?? 0)) }
            // Where the main is to come anyway, moving what it will replace is lost work.
            if form == .reduced, let step = named(reduced, names.map(\.info), lead, situation) { return step }
            if form == .reduced, let edge = reduced.info.edge, edge >= policy.edge {
                if let step = copied(reduced, situation) ?? freed(.reduced, situation) { return step }
                return .nothing(wantsMain(situation) ? .noRoom : .holdsReduced(edge: edge))
            }
        } else if situation.isReplaced {
            return .nothing(.replaced)
        }
        return want(lead, as: form, mains: mains, reduced: reduced, situation)
    }

    /// The claims that say what the image is called: where an edit of it stands, it is not, unless there is nothing else.
    private static func names(of claims: [Situation.Claim]) -> [Situation.Claim] {
        let others = claims.filter { !$0.isEdited }
        return others.isEmpty ? claims : others
    }

    /// Whether this node is to keep the main, were there room for it.
    private func wantsMain(_ situation: Situation) -> Bool {
        situation.asked.map { $0 == .main } ?? (policy.keep == .mains)
    }

    private func wantedForm(of lead: FileInfo, _ situation: Situation) -> Form {
        // Where the main stood, that of the edit does.
        if situation.asked == nil, situation.replaced.contains(where: { $0.info.form == .main }) { return .main }
        guard wantsMain(situation) else { return .reduced }
        // What a person asks for is looked at when it is asked: later there is no room for doubt.
        guard situation.asked == nil, let room else { return .main }
        return lead.mainBytes <= room ? .main : .reduced
    }

    /// What a person has changed of a main elsewhere, beside its bytes, is changed here too. Where it is one that a person
    /// put here, nobody else says that more may read it.
    private func changed(_ situation: Situation) -> Decision? {
        let isAtSeveral = severalPaths(situation) != nil
        for main in situation.own where main.info.form == .main {
            // Of several paths each is for itself.
            let claims = Self.meant(situation.claims, at: main.info.path).filter {
                !isAtSeveral || $0.info.path == main.info.path
            }
            var info = main.info
            let latest = Self.latest(main.info.attributes, claims)
            if main.origin != nil {
                info.take(editsOf: Self.latestEdit(claims))
                info.attributes = latest
            } else {
                info.name(situation.gaveWay, by: Self.latestEdit(claims))
                if let known = main.info.attributes, let latest, latest.changes > 0 {
                    info.attributes = latest.within(known.mode)
                }
            }
            if info != main.info { return .adopt(file: main.file, info: info) }
        }
        return nil
    }

    /// The record of a peer that has the latest word on the picture's edits.
    static func latestEdit(_ claims: [Situation.Claim]) -> FileInfo? {
        claims.map(\.info).max { $0.rank < $1.rank }
    }

    /// The claims that speak of what stands at this path: a peer that has the image at several speaks of each for itself, also
    /// where they are not all here any more.
    static func meant(_ claims: [Situation.Claim], at path: RelativePath) -> [Situation.Claim] {
        let alike = Set(claims.filter { $0.info.path == path }.map(\.peer))
        return claims.filter { $0.info.path == path || !alike.contains($0.peer) }
    }

    /// What the main is beside its bytes, by whoever changed that last.
    static func latest(_ known: FileAttributes?, _ claims: [Situation.Claim]) -> FileAttributes? {
        claims.compactMap(\.info.attributes).reduce(known) { $0?.joined(with: $1) ?? $1 }
    }

    /// A main is to stand at each of the image's paths where mains are kept; elsewhere one is enough, but for where it took
    /// the place of another picture that stood here.
    private func copiedMain(_ main: Situation.Own, _ situation: Situation) -> Decision? {
        guard case .copy(let file, var copies)? = copied(main, situation) else { return nil }
        if !wantsMain(situation) { copies = copies.filter { !situation.gaveWay.isDisjoint(with: $0.replaces) } }
        if copies.isEmpty { return nil }
        guard situation.asked == nil, let room else { return .copy(from: file, to: copies) }
        let fitting = copies.prefix(Int(clamping: max(0, room) / max(1, main.info.bytes)))
        return fitting.isEmpty ? nil : .copy(from: file, to: Array(fitting))
    }

    private func want(
        _ lead: FileInfo, as form: Form, mains: [Situation.Claim], reduced: Situation.Own?, _ situation: Situation
    ) -> Decision {
        var wish = Decision.Wish(
            info: lead, quality: policy.quality, sources: ranked(mains.map(\.peer)),
            cause: situation.asked == .main ? .asked : form == .main ? .keepsMains : .smallMain)
        wish.isOneOfSeveral = Self.isAtSeveral(situation.claims)
        // Of several paths each says its own.
        if !wish.isOneOfSeveral { wish.info.take(editsOf: Self.latestEdit(situation.claims)) }
        let said = word(in: situation)
        if reduced == nil, let said, Self.isLater(said, wish.info) {
            (wish.info.path, wish.info.generation) = (said.path, said.generation)
        }
        wish.info.attributes = Self.latest(
            reduced?.info.attributes ?? lead.attributes, Self.meant(situation.claims, at: wish.info.path))
        if form == .reduced && !policy.takesAsItIs(lead) {
            let makers = mains.filter { reducible.isReduced($0.info.type, by: $0.peer) }
            let large = situation.claims.filter { $0.info.form == .reduced && ($0.info.edge ?? 0) >= policy.edge }
            guard !makers.isEmpty || !large.isEmpty else { return .nothing(.notReduced(lead.type, by: wish.sources)) }
            wish.info.form = .reduced
            wish.info.edge = policy.edge
            wish.cause = wantsMain(situation) ? .full : reduced == nil ? .missing : .smallerHere
            wish.sources = ranked(makers.map(\.peer))
            wish.sources += ranked(large.map(\.peer)).filter { !wish.sources.contains($0) }
        }
        if let reduced {
            (wish.info.path, wish.info.generation) = (reduced.info.path, reduced.info.generation)
            wish.info.take(editsOf: reduced.info)
            wish.replaces = reduced.file
        }
        // Where the edit is to stand, what stands there gives way first.
        for old in situation.replaced.sorted(by: { $0.info.path == lead.path && $1.info.path != lead.path }) {
            if old.info.form == .main {
                guard wish.info.form == .main, wish.supersedes == nil else { continue }
                wish.supersedes = old.file
            } else {
                guard wish.replaces == nil else { continue }
                wish.replaces = old.file
            }
            // A name that was given to what it was is that of the edit too, also where a copy of the edit waits beside it.
            if !wish.isOneOfSeveral, old.info.generation != nil, Self.isLater(old.info, wish.info),
                said.map({ Self.isLater(old.info, $0) }) ?? true
            {
                (wish.info.path, wish.info.generation) = (old.info.path, old.info.generation)
            }
            wish.cause = .changedThere
        }
        return .get(wish)
    }

    /// No peer holds the main: a reduced copy as large as the one wanted will do.
    private func withoutHolder(_ situation: Situation) -> Decision {
        let large = situation.claims.filter { ($0.info.edge ?? 0) >= policy.edge }
        guard var info = Self.names(of: large).map(\.info).min(by: Self.isLater) else {
            return .nothing(situation.claims.isEmpty && situation.own.isEmpty ? .unknown : .noSource)
        }
        if situation.isReplaced { return .nothing(.replaced) }
        info.edge = policy.edge
        info.take(editsOf: Self.latestEdit(situation.claims))
        info.attributes = Self.latest(info.attributes, Self.meant(situation.claims, at: info.path))
        return .get(
            Decision.Wish(info: info, quality: policy.quality, sources: ranked(large.map(\.peer)), cause: .missing))
    }

    /// Each peer once: those that answer now first, then by id, so that the order is the same everywhere.
    func ranked(_ peers: [NodeID]) -> [NodeID] {
        Set(peers).sorted { (reachable.contains($0) ? 0 : 1, $0) < (reachable.contains($1) ? 0 : 1, $1) }
    }
}
