import Model

/// What the TXT record of a `_mainstay._tcp` service says: `v=1`, and `id=` the node id.
///
/// Read by the rules of RFC 6763, section 6: strings with a length byte before each; keys in any case; the first of a
/// key counts; unknown keys are passed over.
struct Announcement: Hashable, Sendable {
    /// Who announces itself.
    let id: NodeID

    /// The version of the announcement, and of the protocol behind it.
    static let version = "1"

    /// Bytes: RFC 6763, section 6.2, lets a record be 1300 at the most; ours has 61.
    static let longest = 1300

    init(id: NodeID) { self.id = id }

    /// Why a record was refused. The description is a clause that follows a service's name, free of its content.
    enum Refusal: Error, Hashable, CustomStringConvertible {
        case tooLong, malformed, noVersion, otherVersion, noID, badID

        var description: String {
            switch self {
            case .tooLong: "its TXT record is longer than \(Announcement.longest) bytes"
            case .malformed: "its TXT record is cut off"
            case .noVersion: "its TXT record has no v"
            case .otherVersion: "it speaks another version than \(Announcement.version); update the older of the two"
            case .noID: "its TXT record has no id"
            case .badID: "its id is no node id"
            }
        }
    }

    /// Reads the bytes of a TXT record.
    init(record: some Collection<UInt8>) throws(Refusal) {
        guard record.count <= Self.longest else { throw .tooLong }
        var values: [String: String] = [:]
        var rest = Array(record)[...]
        while let length = rest.popFirst() {
            guard rest.count >= Int(length) else { throw .malformed }
            let string = rest.prefix(Int(length))
            rest = rest.dropFirst(Int(length))
            guard let equals = string.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let key = String(decoding: string[..<equals], as: UTF8.self).lowercased()
            if values[key] == nil { values[key] = String(decoding: string[(equals + 1)...], as: UTF8.self) }
        }
        guard let version = values["v"] else { throw .noVersion }
        guard version == Self.version else { throw .otherVersion }
        guard let text = values["id"] else { throw .noID }
        guard let id = NodeID(text) else { throw .badID }
        self.id = id
    }

    /// The bytes of the TXT record.
    var record: [UInt8] {
        ["v=\(Self.version)", "id=\(id)"].flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    }
}
