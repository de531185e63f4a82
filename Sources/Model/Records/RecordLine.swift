import Foundation

/// The line of a record while it is written.
struct RecordLine {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(320) }

    mutating func add(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func add(_ key: StaticString, _ number: some FixedWidthInteger) {
        add(key)
        bytes.append(contentsOf: String(number).utf8)
    }

    mutating func add(_ info: FileInfo) {
        add(info.path)
        add(",\"image\":", info.image.bytes)
        add(",\"form\":\"")
        bytes.append(contentsOf: info.form.rawValue.utf8)
        add("\",\"type\":\"")
        bytes.append(contentsOf: info.type.rawValue.utf8)
        add("\",\"bytes\":", info.bytes)
        add(",\"mainBytes\":", info.mainBytes)
        if let size = info.size {
            add(",\"width\":", size.width)
            add(",\"height\":", size.height)
        }
        if let captured = info.captured { add(",\"captured\":", captured) }
        if let duration = info.duration { add(",\"duration\":", duration) }
        if let edge = info.edge { add(",\"edge\":", edge) }
        for (index, image) in info.replaces.enumerated() { add(index == 0 ? ",\"replaces\":[" : ",", image.bytes) }
        if !info.replaces.isEmpty { add("]") }
        if let edition = info.edition { add(",\"edition\":", edition) }
        if let generation = info.generation { add(",\"generation\":", generation) }
        if let attributes = info.attributes { add(attributes) }
    }

    private mutating func add(_ attributes: FileAttributes) {
        add(",\"attributes\":{\"seconds\":", attributes.seconds)
        add(",\"nanoseconds\":", attributes.nanoseconds)
        add(",\"mode\":", attributes.mode)
        if attributes.changes > 0 { add(",\"changes\":", attributes.changes) }
        for (index, extended) in attributes.extended.enumerated() {
            add(index == 0 ? ",\"extended\":{" : ",")
            add(quoted: extended.name.utf8)
            add(":")
            add(quoted: Data(extended.value).base64EncodedString().utf8)
        }
        add(attributes.extended.isEmpty ? "}" : "}}")
    }

    mutating func add(_ deletion: Deletion) {
        add(",\"kind\":\"deletion\"")
        add(deletion.path)
        add(",\"image\":", deletion.image.bytes)
        add(",\"generation\":", deletion.generation)
        add(",\"deleted\":", deletion.isDeleted)
        add(",\"at\":", deletion.at)
        add(",\"by\":", deletion.by)
    }

    mutating func add(_ edit: Edit) {
        add(",\"kind\":\"edit\"")
        add(edit.path)
        add(",\"recipe\":")
        add(quoted: edit.recipe.json)
        add(",\"generation\":", edit.generation)
        add(",\"undone\":", edit.isUndone)
        add(",\"at\":", edit.at)
        add(",\"by\":", edit.by)
        if let made = edit.made {
            add(",\"made\":", made.image.bytes)
            add(",\"madeGeneration\":", made.generation)
        }
    }

    private mutating func add(_ key: StaticString, _ flag: Bool) {
        add(key)
        add(flag ? "true" : "false")
    }

    private mutating func add(_ key: StaticString, _ name: Bytes32) {
        add(key)
        add("\"")
        name.withUnsafeBytes { Hex.append($0, to: &bytes) }
        add("\"")
    }

    private mutating func add(_ key: StaticString, _ node: NodeID) {
        add(key)
        add(quoted: node.description.utf8)
    }

    private mutating func add(_ path: RelativePath) {
        add(",\"path\":")
        add(quoted: path.description.utf8)
    }

    private mutating func add(quoted text: some Sequence<UInt8>) {
        add("\"")
        for byte in text {
            // Neither a path, a recipe nor a name has control characters, so these two are all that JSON asks to escape.
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        add("\"")
    }
}
