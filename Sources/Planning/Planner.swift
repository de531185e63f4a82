public import Model

/// The one function that says what a node wants.
///
/// Running agents, `syncctl why` and the simulator all use it, so what a person is told is what happens.
public struct Planner: Sendable {
    /// What the node is told to keep.
    public var policy: Policy
    /// Peers that answer now; they are asked before those that do not.
    public var reachable: Set<NodeID>

    public init(policy: Policy, reachable: Set<NodeID> = []) {
        self.policy = policy
        self.reachable = reachable
    }

    /// What to do about one image.
    public func decide(_ situation: Situation) -> Decision {
        let reduced = situation.own.filter { $0.info.form == .reduced }
            .max { ($0.info.edge ?? 0, $1.file) < ($1.info.edge ?? 0, $0.file) }
        if situation.own.contains(where: { $0.info.form == .main }) {
            return reduced.map { .dropReduced(file: $0.file) } ?? .nothing(.holdsMain)
        }
        if situation.isDismissed { return .nothing(.dismissed) }

        let mains = situation.claims.filter { $0.info.form == .main }
        guard let lead = mains.map(\.info).min(by: { $0.path < $1.path }) else {
            if let reduced { return .nothing(.holdsReduced(edge: reduced.info.edge ?? 0)) }
            return withoutHolder(situation)
        }
        if let reduced {
            // Where the main is to come anyway, moving what it will replace is lost work.
            if policy.keep == .reduced, let step = follow(reduced, mains: mains.map(\.info), lead: lead) { return step }
            if policy.keep == .reduced, let edge = reduced.info.edge, edge >= policy.edge {
                return .nothing(.holdsReduced(edge: edge))
            }
        }
        return want(lead, mains: mains, reduced: reduced, situation)
    }

    /// Keeps the place, and what is recorded, of an own reduced copy in step with its holders.
    private func follow(_ own: Situation.Own, mains: [FileInfo], lead: FileInfo) -> Decision? {
        let paths = Set(mains.map(\.path))
        let place = paths.contains(own.info.path) ? own.info.path : lead.path
        var there = mains.first { $0.path == place } ?? lead
        there.form = .reduced
        there.bytes = own.info.bytes
        there.edge = own.info.edge

        let isWhereItWasPut = own.file == own.info.file && (own.origin == nil || own.origin == own.info.path)
        if !paths.contains(own.info.path) {
            // A file name that was cut to fit tells less than the holder's path: same file, better record.
            if own.file == there.file { return .adopt(file: own.file, info: there) }
            // A person's own place for it is left alone; so is one beside another image of the same name.
            let followed = own.origin.map { !paths.contains($0) } ?? false
            if followed && isWhereItWasPut { return .move(from: own.file, to: there) }
            return nil
        }
        return there == own.info ? nil : .adopt(file: own.file, info: there)
    }

    private func want(
        _ lead: FileInfo, mains: [Situation.Claim], reduced: Situation.Own?, _ situation: Situation
    ) -> Decision {
        var wish = Decision.Wish(
            info: lead, quality: policy.quality, sources: ranked(mains.map(\.peer)),
            cause: policy.keep == .mains ? .keepsMains : .smallMain)
        if policy.keep == .reduced && !policy.takesAsItIs(mainBytes: lead.mainBytes, size: lead.size) {
            guard lead.type.isReducible else { return .nothing(.notReducibleYet(lead.type)) }
            wish.info.form = .reduced
            wish.info.edge = policy.edge
            wish.cause = reduced == nil ? .missing : .smallerHere
            let large = situation.claims.filter { $0.info.form == .reduced && ($0.info.edge ?? 0) >= policy.edge }
            wish.sources += ranked(large.map(\.peer)).filter { !wish.sources.contains($0) }
        }
        if let reduced {
            wish.info.path = reduced.info.path
            wish.replaces = reduced.file
        } else if let occupant = situation.occupants[lead.path],
            occupant.own.info.form == .reduced, occupant.own.origin == lead.path, !occupant.isStillThere
        {
            // The holder changed the picture in place; its old reduced copy here was only ever a picture of that.
            wish.replaces = occupant.own.file
            wish.cause = .changedThere
        }
        return .get(wish)
    }

    /// No peer holds the main: a reduced copy as large as the one wanted will do.
    private func withoutHolder(_ situation: Situation) -> Decision {
        let large = situation.claims.filter { ($0.info.edge ?? 0) >= policy.edge }
        guard var info = large.map(\.info).min(by: { $0.path < $1.path }) else {
            return .nothing(situation.claims.isEmpty && situation.own.isEmpty ? .unknown : .noSource)
        }
        info.edge = policy.edge
        return .get(
            Decision.Wish(info: info, quality: policy.quality, sources: ranked(large.map(\.peer)), cause: .missing))
    }

    /// Each peer once: those that answer now first, then by id, so that the order is the same everywhere.
    private func ranked(_ peers: [NodeID]) -> [NodeID] {
        Set(peers).sorted { (reachable.contains($0) ? 0 : 1, $0) < (reachable.contains($1) ? 0 : 1, $1) }
    }
}
