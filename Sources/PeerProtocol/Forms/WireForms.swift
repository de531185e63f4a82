import Foundation
import Identity
import Model

/// The JSON bodies of the protocol, each with its way to and from the domain's values.
enum Wire {
    /// `GET /v1/node`.
    struct Node: Codable {
        var id: NodeID
        var name: NodeName
        var `protocol`: Int
        var digest: Digest
        var last: Int64
        var keep: Policy.Keep
        var free: Int64
        /// Not there in the summaries of nodes that give each main alone.
        var together: Int?
        /// Not there in the summaries of nodes that reduce JPEG alone.
        var reduces: [String]?
    }

    /// `GET /v1/file-info/digest`.
    struct Digests: Codable {
        var digests: [Digest]
    }

    /// Every answer that is a refusal.
    struct Fault: Codable {
        var error: String
        /// Of pairing only: a ``PairingError/Code``.
        var code: String?
    }

    static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Values of fixed Codable structs without floating point always encode.
        return (try? encoder.encode(value)).map { Array($0) } ?? []
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}

extension NodeSummary {
    func wire(together: Int) -> Wire.Node {
        Wire.Node(
            id: id, name: name, protocol: protocolVersion, digest: digest, last: last, keep: keep, free: freeBytes,
            together: together, reduces: reduces.map(\.rawValue).sorted())
    }

    /// Types that one node may say that it reduces.
    private static let mostTypes = 256

    /// Nil when a number is out of its range.
    init?(_ wire: Wire.Node) {
        guard (1...1_000_000).contains(wire.protocol), (0...Record.highestSequence).contains(wire.last),
            wire.free >= 0, Int64(wire.digest.count) <= wire.last, wire.together ?? 0 >= 0,
            wire.reduces?.count ?? 0 <= Self.mostTypes
        else { return nil }
        self.init(
            id: wire.id, name: wire.name, protocolVersion: wire.protocol, digest: wire.digest, last: wire.last,
            keep: wire.keep, freeBytes: wire.free, mainsTogether: wire.together ?? 0,
            reduces: wire.reduces.map { Set($0.compactMap(ImageType.init(rawValue:))) } ?? [.jpeg])
    }
}
