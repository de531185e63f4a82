import Control
import Model

/// Whom a person means by a name, an id or the beginning of an id.
enum PeerChoice {
    /// A name counts before an id, and an id's beginning in upper or lower case, with or without its dashes.
    ///
    /// - Parameters:
    ///   - kind: what they are, "peers" or "nodes nearby", for the sentence that says who there are.
    /// - Returns: its place among `nodes`; nil for none. Throws `usage` for several, with the ids that tell them apart.
    static func index(
        of wanted: String, among nodes: [(name: String, id: NodeID)], kind: String, command: String
    ) throws -> Int? {
        let named = nodes.indices.filter { nodes[$0].name == wanted }
        let letters = wanted.uppercased().filter { $0 != "-" }
        let begun = letters.isEmpty ? [] : nodes.indices.filter { nodes[$0].id.description.hasPrefix(letters) }
        let found = named.isEmpty ? begun : named
        guard found.count > 1 else { return found.first }
        let ids = found.map { nodes[$0].id.short }.joined(separator: " and ")
        let what = named.isEmpty ? "have an id that begins with '\(wanted)'" : "are called '\(wanted)'"
        throw ControlFailure(
            .usage,
            "\(found.count) \(kind) \(what): \(ids). Give the beginning of the id: syncctl \(command) \(nodes[found[0]].id.short)."
        )
    }
}
