/// The properties of our namespace in an XMP packet (ISO 16684-1), written and read.
struct XMPProperties {
    /// What a JPEG's APP1 segment with XMP begins with.
    static let signature = Array("http://ns.adobe.com/xap/1.0/\0".utf8)

    private let packet: [UInt8]
    private let prefix: [UInt8]

    /// The payload of an APP1 segment with these properties, and behind them with another element of descriptions. Values
    /// are numbers and plain words.
    static func payload(_ properties: [(name: String, value: String)], and other: String? = nil) -> [UInt8] {
        let packet = """
            <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/">
             <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
              \(description(properties))\(other.map { "\n  \($0)" } ?? "")
             </rdf:RDF>
            </x:xmpmeta>
            <?xpacket end="r"?>
            """
        return signature + Array(packet.utf8)
    }

    /// The element with these properties.
    static func description(_ properties: [(name: String, value: String)]) -> String {
        let attributes = properties.map { "\n    mainstay:\($0.name)=\"\($0.value)\"" }.joined()
        return "<rdf:Description rdf:about=\"\" xmlns:mainstay=\"\(ReducedMarker.namespace)\"\(attributes)/>"
    }

    /// Reads the payload of an APP1 segment; nil when it is not XMP, or does not declare our namespace.
    ///
    /// Other programs may have rewritten the packet, with another prefix, other quotes, or elements for attributes.
    init?(payload: Span<UInt8>) {
        guard payload.begins(with: "http://ns.adobe.com/xap/1.0/\0") else { return nil }
        packet = payload.copy(Self.signature.count..<payload.count)
        guard let prefix = Self.prefix(in: packet[...]) else { return nil }
        self.prefix = prefix
    }

    /// The value of a property; nil where there is none of that name.
    func text(_ name: String) -> String? { Self.value(of: prefix + Array(name.utf8), in: packet[...]) }

    /// A number; the least of its range where it is missing or another.
    func number(_ name: String, _ range: ClosedRange<Int>) -> Int {
        text(name).flatMap { Int($0) }.map { range.contains($0) ? $0 : range.lowerBound } ?? range.lowerBound
    }

    /// The prefix that the packet declares for our namespace, with its colon.
    private static func prefix(in packet: ArraySlice<UInt8>) -> [UInt8]? {
        let quotes = [UInt8(ascii: "\""), UInt8(ascii: "'")]
        let places = quotes.lazy.compactMap {
            XMPPacket.offset(of: Array(ReducedMarker.namespace.utf8) + [$0], in: packet)
        }
        guard let place = places.first else { return nil }
        let start = Array("xmlns:".utf8)
        var name = packet[..<place]
        for wanted in [quotes, [UInt8(ascii: "=")]] {
            guard let last = name.last, wanted.contains(last) else { return nil }
            name = name.dropLast()
            while let last = name.last, isSpace(last) { name = name.dropLast() }
        }
        // Prefixes are short; an endless one is none.
        let letters = name.suffix(64).reversed().prefix { $0 != UInt8(ascii: ":") && !isSpace($0) }
        guard !letters.isEmpty, name.dropLast(letters.count).suffix(start.count).elementsEqual(start) else {
            return nil
        }
        return letters.reversed() + [UInt8(ascii: ":")]
    }

    /// The value of the first attribute or element of that name.
    static func value(of name: [UInt8], in packet: ArraySlice<UInt8>) -> String? {
        var rest = packet
        while let place = XMPPacket.offset(of: name, in: rest) {
            rest = rest[(place + name.count)...]
            let behind = rest.drop(while: isSpace)
            let end: UInt8
            var value = behind.dropFirst()
            switch behind.first {
            case UInt8(ascii: "="):
                value = value.drop(while: isSpace)
                guard let quote = value.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                    continue
                }
                value = value.dropFirst()
                end = quote
            case UInt8(ascii: ">"):
                end = UInt8(ascii: "<")
            default:
                continue
            }
            // The longest value is an image id; more than its length is not worth reading.
            let text = value.prefix(128).prefix { $0 != end }
            return String(decoding: text.drop(while: isSpace).reversed().drop(while: isSpace).reversed(), as: UTF8.self)
        }
        return nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
