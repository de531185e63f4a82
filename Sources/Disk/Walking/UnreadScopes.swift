import Model

/// The places that a walk could not look into, for asking whether a path lies in one of them.
struct UnreadScopes {
    private let scopes: Set<[UInt8]>

    init(_ unread: [LibraryWalk.Unread]) { scopes = Set(unread.map { Array($0.path.utf8) }) }

    /// Whether `path` is one of them or lies below one. Costs as many look-ups as the path has components.
    func cover(_ path: RelativePath) -> Bool {
        if scopes.isEmpty { return false }
        if scopes.contains([]) { return true }
        let bytes = Array(path.description.utf8)
        return scopes.contains(bytes)
            || bytes.indices.contains { bytes[$0] == UInt8(ascii: "/") && scopes.contains(Array(bytes[..<$0])) }
    }
}
