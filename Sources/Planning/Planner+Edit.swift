public import Model

/// Which of the holders runs a recipe, and when.
extension Planner {
    /// How long a holder that answers has for a recipe, before the next one runs it too.
    public static let patience: Duration = .seconds(120)
    /// How long a holder that does not answer has to come back, before the next one runs it.
    public static let grace: Duration = .seconds(5)

    /// What this node does about an edit.
    ///
    /// The holders of the main stand in an order that is the same on every node: the one where the person edits comes
    /// first, and otherwise each recipe begins with another, so that many of them are shared out. Should two run one
    /// nevertheless, both come to the same bytes.
    ///
    /// - Parameters:
    ///   - situation: that of the image which is edited.
    ///   - own: this node.
    ///   - waited: since this node first knew of the latest word, in this run.
    public func run(_ edit: Edit, _ situation: Situation, own: NodeID, waited: Duration) -> EditStep {
        if edit.isUndone { return .nothing(.undone) }
        if let made = edit.made, made.generation >= edit.generation { return .nothing(.made(made.image)) }
        if situation.isDeleted { return .nothing(.deleted) }
        var all = situation.claims.filter { $0.info.form == .main }
        all.removeAll { $0.peer == own }
        let type = situation.main?.info.type ?? all.first?.info.type
        if let type, !type.isEditable { return .nothing(.notEditableYet(type)) }
        // Whoever cannot decode it cannot run a recipe on it.
        let holders = Set(all.filter { reducible.isReduced($0.info.type, by: $0.peer) }.map(\.peer))
        guard let main = situation.main, !situation.isEvicting, reducible.own.contains(main.info.type) else {
            let ranked = rank(holders, for: edit)
            guard let first = ranked.first(where: reachable.contains) ?? ranked.first else {
                guard let type, situation.main != nil || !all.isEmpty, !situation.isEvicting else {
                    return .nothing(.noHolder)
                }
                return .nothing(.notDecoded(type))
            }
            return .nothing(.elsewhere(first, answers: reachable.contains(first)))
        }
        let before = rank(holders.union([own]), for: edit).prefix { $0 != own }
        let answering = before.filter(reachable.contains)
        // Of other types than JPEG two nodes may make two pictures, as their decoders differ.
        let grace = main.info.type == .jpeg ? Self.grace : Self.patience
        let due = Self.patience * answering.count + grace * (before.count - answering.count)
        guard waited < due, let first = answering.first ?? before.first else { return .run }
        return .wait(for: first, due - waited)
    }

    private func rank(_ holders: Set<NodeID>, for edit: Edit) -> [NodeID] {
        let recipe = edit.recipe.id.bytes.bytes
        func distance(_ node: NodeID) -> [UInt8] { zip(node.bytes.bytes, recipe).map { $0 ^ $1 } }
        return holders.map { ($0 == edit.by ? 0 : 1, distance($0), $0) }.sorted {
            $0.0 != $1.0 ? $0.0 < $1.0 : $0.1.lexicographicallyPrecedes($1.1)
        }.map(\.2)
    }
}
