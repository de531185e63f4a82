/// The watched folders as a tree: watch descriptors with names, so that a folder that moves takes along what is below.
struct WatchTable {
    private struct Node {
        var parent: Int32?
        var name: String
        var children: [[UInt8]: Int32] = [:]
    }

    private var nodes: [Int32: Node] = [:]

    /// How many folders are watched.
    var count: Int { nodes.count }
    /// All descriptors.
    var descriptors: Set<Int32> { Set(nodes.keys) }

    /// Enters a folder; nil as parent is the library itself. One that is there already, elsewhere, moves.
    mutating func put(_ watch: Int32, _ name: String, in parent: Int32?) {
        if let old = nodes[watch] {
            if let parent = old.parent { detach(watch, old.name, from: parent) }
            nodes[watch]?.parent = parent
            nodes[watch]?.name = name
        } else {
            nodes[watch] = Node(parent: parent, name: name)
        }
        // The file system has given the name to another folder: what had it is somewhere else, and is told of apart.
        if let parent { nodes[parent]?.children[Array(name.utf8)] = watch }
    }

    /// The descriptor of the folder `name` in another one.
    func child(_ name: String, of parent: Int32) -> Int32? { nodes[parent]?.children[Array(name.utf8)] }

    /// The path of a watched folder, empty for the library; nil when it is not (any more) in the tree.
    func path(_ watch: Int32) -> String? {
        guard var node = nodes[watch] else { return nil }
        var names: [String] = []
        while let parent = node.parent {
            names.append(node.name)
            guard let above = nodes[parent] else { return nil }
            node = above
        }
        return names.reversed().joined(separator: "/")
    }

    /// Takes a folder out with all below it. Returns their descriptors.
    mutating func remove(_ watch: Int32) -> [Int32] {
        guard let node = nodes.removeValue(forKey: watch) else { return [] }
        if let parent = node.parent { detach(watch, node.name, from: parent) }
        return [watch] + node.children.values.flatMap { remove($0) }
    }

    private mutating func detach(_ watch: Int32, _ name: String, from parent: Int32) {
        let key = Array(name.utf8)
        if nodes[parent]?.children[key] == watch { nodes[parent]?.children[key] = nil }
    }
}
