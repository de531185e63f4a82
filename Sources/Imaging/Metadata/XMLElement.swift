/// An element of an XML document, as ``XMLParser`` reads it.
struct XMLElement {
    /// A name in its namespace.
    struct Name: Hashable {
        var namespace: String
        var local: String
    }

    var name: Name
    var attributes: [Name: String] = [:]
    var children: [XMLElement] = []
    /// The characters directly in it.
    var text = ""

    /// The first child of that name.
    func child(_ name: Name) -> XMLElement? { children.first { $0.name == name } }
}
