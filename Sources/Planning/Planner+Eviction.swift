public import Model

/// Whether a main may be evicted, as far as facts tell: the holds themselves are asked for when it comes to it.
public enum EvictionPlan: Sendable, Hashable {
    /// It may go when `minimum` of `candidates`, best first, prove that they hold it.
    case possible(main: Situation.Own, candidates: [NodeID])
    /// It stays.
    case stays(Eviction.Obstacle)
}

extension Planner {
    /// Bytes that evicting a main makes free, estimated before its reduced copy is made: that is reduced by eighths. Of a
    /// JPEG it has about as many bytes a pixel; of all others, as many as our JPEGs have.
    public func room(evicting main: FileInfo) -> Int64 {
        guard let size = main.size, size.longEdge > policy.edge || main.type.isFilm else { return 0 }
        let eighths = min(8, Double((8 * policy.edge + size.longEdge - 1) / size.longEdge))
        let share = eighths * eighths / 64
        if main.type == .jpeg { return Int64(Double(main.bytes) * (1 - share * 0.9)) }
        return max(0, main.bytes - Int64(Double(size.width) * Double(size.height) * share * Self.bytesAPixel))
    }

    /// Of reduced copies of photos at quality 85, roughly.
    private static let bytesAPixel = 0.3

    /// What evicting one image here would come to.
    ///
    /// - Parameter name: a peer's name, for the sentence.
    public func eviction(of situation: Situation, name: (NodeID) -> String) -> EvictionPlan {
        guard let main = situation.main else {
            return .stays(Eviction.Obstacle("no main of it is here", isPassing: false))
        }
        if situation.isDeleted { return .stays(Eviction.Obstacle("it was deleted", isPassing: false)) }
        guard reducible.own.contains(main.info.type) else {
            let why = Decision.Reason.notReduced(main.info.type, by: [])
            return .stays(Eviction.Obstacle("\(why), and without a reduced copy nothing goes", isPassing: false))
        }
        if policy.takesAsItIs(main.info) {
            return .stays(
                Eviction.Obstacle("it is so small that a reduced copy would save nothing", isPassing: false))
        }
        // Against what is left alone here nothing goes: it would not come back.
        let claims = situation.claims.filter { $0.info.form == .main && policy.ignoring.reason($0.info.path) == nil }
        let holders = ranked(claims.filter(\.isKeeper).map(\.peer))
        let minimum = max(policy.copiesMinimum, 1)
        guard holders.count >= minimum else {
            let others = ranked(claims.filter { !$0.isKeeper }.map(\.peer)).map(name)
            guard others.isEmpty else {
                let (who, hold) = (others.joined(separator: " and "), others.count == 1 ? "holds" : "hold")
                return .stays(
                    Eviction.Obstacle(
                        "\(who) \(hold) the main, but nobody here has said that such copies count; "
                            + "`syncctl allow \(others[0]) keeps` says so", isPassing: false))
            }
            return .stays(
                Eviction.Obstacle(
                    holders.isEmpty
                        ? "no other node holds the main"
                        : "only \(holders.count) of the \(minimum) other nodes that must hold the main do",
                    isPassing: true))
        }
        let candidates = holders.filter(reachable.contains)
        guard candidates.count >= minimum else {
            let away = holders.filter { !reachable.contains($0) }.map(name)
            return .stays(
                Eviction.Obstacle(
                    "\(away.joined(separator: " and ")) holds the main and does not answer", isPassing: true))
        }
        return .possible(main: main, candidates: candidates)
    }
}
