import Model

extension Table {
    /// Puts the beginning of the id behind the first column where two rows have the same name: it is what tells them apart,
    /// and what a verb takes instead of the name.
    mutating func tellApart(_ nodes: [(name: String, id: NodeID)]) {
        let shared = Dictionary(grouping: nodes, by: \.name).filter { $1.count > 1 }
        guard !shared.isEmpty, nodes.count == rows.count else { return }
        columns.insert(Column(title: "ID"), at: 1)
        for (index, node) in nodes.enumerated() {
            rows[index].insert(Cell(shared[node.name] == nil ? "" : node.id.short), at: 1)
        }
    }
}
