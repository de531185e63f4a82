import Foundation

@testable import Discovery
@testable import Identity
@testable import Model
@testable import PeerProtocol

/// A JSON body of a peer or of a stranger. The first byte tells which.
@Sendable func readBody(_ bytes: [UInt8]) {
    guard let kind = bytes.first else { return }
    let json = Array(bytes.dropFirst())
    switch kind % 11 {
    case 0:
        guard let wire = reread(Wire.Node.self, json), let summary = NodeSummary(wire) else { return }
        must((0...Record.highestSequence).contains(summary.last), "a node's last number is out of range")
        must(NodeSummary(summary.wire(together: summary.mainsTogether)) == summary, "a summary was read back otherwise")
    case 1:
        _ = reread(Wire.Digests.self, json)?.digests.reduce(0) { $0 + $1.count / (1 << 20) }
    case 2:
        guard let request = reread(Wire.Hold.self, json).flatMap({ HoldRequest($0) }) else { return }
        must(HoldRequest(request.wire) == request, "a request to hold was read back as another")
    case 3:
        guard let grant = reread(Wire.Grant.self, json).flatMap({ HoldGrant($0) }) else { return }
        must(HoldGrant(grant.wire) == grant, "a grant was read back as another")
    case 4: _ = reread(Wire.Fault.self, json).map { PairingError.Code(rawValue: $0.code ?? "") }
    case 5: _ = try? reread(Wire.Hello.self, json)?.hello()
    case 6: _ = try? reread(Wire.Reply.self, json)?.reply()
    case 7: _ = try? reread(Wire.Reveal.self, json).map { (try Wire.bytes32($0.attempt), try Wire.bytes32($0.nonce)) }
    case 8: _ = try? reread(Wire.Confirm.self, json).map { try Wire.bytes32($0.attempt) }
    case 9:
        guard let join = reread(Wire.Join.self, json), InvitationSecret(join.secret) != nil else { return }
        _ = try? Wire.certificate(join.certificate)
        if let address = PeerAddress(host: "192.0.2.1", port: join.port) {
            must((1...65_535).contains(address.port), "a port is none")
        }
    default: _ = reread(Wire.Joined.self, json)
    }
}

/// The message, which is written and read as the same again.
private func reread<Message: Codable>(_ type: Message.Type, _ json: [UInt8]) -> Message? {
    guard let message = try? Wire.decode(type, from: json) else { return nil }
    let written = Wire.encode(message)
    guard let again = try? Wire.decode(type, from: written) else { fatalError("a message's own JSON is refused") }
    must(Wire.encode(again) == written, "a message was read back as another")
    return message
}

/// An invitation, as a person pastes it; and an address, a name and an id alone.
@Sendable func readInvitation(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    if let invitation = Invitation(text) {
        must(Invitation(invitation.description) == invitation, "an invitation was read back as another")
        must((1...Invitation.mostAddresses).contains(invitation.addresses.count), "a line has too many addresses")
        invitation.addresses.forEach(check)
    }
    if let address = PeerAddress(text, defaultPort: 1) { check(address) }
    if let name = try? NodeName(text) { must(NodeName(nearest: text) == name, "a right name was made another") }
    must(NodeName(nearest: text).description.utf8.count <= NodeName.longest, "a name is too long")
    if let node = NodeID(text) { must(NodeID(node.grouped) == node, "an id was read back as another") }
    if let decoded = Base32.decode(text) {
        must(Base32.encode(decoded).lowercased() == text.lowercased(), "base 32 was read back as another")
    }
    if let decoded = Hex.decode(text) { must(Hex.encode(decoded) == text, "hexadecimal was read back as another") }
}

private func check(_ address: PeerAddress) {
    must(PeerAddress(address.description) == address, "an address was read back as another")
    let isPlain = address.host.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || "._-:%".utf8.contains(byte)
    }
    must(isPlain, "an address has a host that no host is called")
}

/// A certificate in DER.
@Sendable func readCertificate(_ bytes: [UInt8]) {
    guard let certificate = try? PeerCertificate(der: bytes) else { return }
    must(certificate.der == bytes, "a certificate is not the bytes that it was read from")
    must((try? PeerCertificate(der: certificate.der)) == certificate, "a certificate was read back as another")
}

/// The TXT record of a service on the network.
@Sendable func readAnnouncement(_ bytes: [UInt8]) {
    let name = ServiceName.shown(String(decoding: bytes, as: UTF8.self))
    must(!name.isEmpty && ServiceName.fitted(name, attempt: 3).utf8.count <= ServiceName.longest, "a name is too long")
    must(ServiceName.shown(name) == name, "a name that can be shown was made another")
    guard let announcement = try? Announcement(record: bytes) else { return }
    must((try? Announcement(record: announcement.record)) == announcement, "a record was read back as another")
}

/// The part of a request behind the question mark, and the fields that are read: each on a line.
@Sendable func readQuery(_ bytes: [UInt8]) {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines.dropFirst().prefix(4) {
        _ = Deflate.isAccepted(by: String(line))
        if let digest = Digest(line) { must(Digest(digest.description) == digest, "a digest was read back as another") }
        for size in [1, 1000, Int64.max] {
            guard case .part(let part) = ByteRange(String(line), size: size) else { continue }
            must(part.lowerBound >= 0 && part.upperBound < size, "a range leaves the file")
        }
    }
    guard let text = lines.first, let query = try? Query(text) else { return }
    let parts = Int((try? query.number("parts", in: 1...256, default: 16)) ?? 16)
    if let range = try? query.range() {
        let split = range.split(into: parts)
        must(split.count <= parts, "a range was cut into too many parts")
        must(split.reduce(0) { $0 + $1.span } == range.span, "the parts of a range are not the range")
    }
    _ = (try? query.digest("unless"), try? query.kept(), try? query.wait(atMost: .seconds(60)))
    if let images = try? query.images("images", most: 64) {
        must((1...64).contains(images.count), "more images were asked for than may be")
    }
}
