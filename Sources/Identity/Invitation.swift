public import Model

/// The line that lets another machine in: `mainstay://HOST:PORT[,HOST:PORT…]/NODEID#SECRET`.
///
/// NODEID tells the guest whom it reaches, SECRET tells the host who comes. It is as good as a key for ten minutes: it
/// is shown to a person, and never logged.
public struct Invitation: Hashable, Sendable, CustomStringConvertible {
    /// How long an invitation is open.
    public static let lifetime = Duration.seconds(600)
    /// Addresses that one line may name. Each is tried in turn for seconds.
    public static let mostAddresses = 8
    /// Bytes of the longest line read.
    private static let longest = 4096

    /// Where the host can be reached, best first; one to eight.
    public let addresses: [PeerAddress]
    /// Who the host is.
    public let node: NodeID
    /// What the guest must show.
    public let secret: InvitationSecret

    /// Nil when there is no address; those after the eighth are left out.
    public init?(addresses: [PeerAddress], node: NodeID, secret: InvitationSecret) {
        guard !addresses.isEmpty else { return nil }
        self.addresses = Array(addresses.prefix(Self.mostAddresses))
        self.node = node
        self.secret = secret
    }

    /// Reads a line; white space around it is passed over.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.longest else { return nil }
        var line = text.drop(while: \.isWhitespace)
        while line.last?.isWhitespace == true { line.removeLast() }
        let scheme = "mainstay://"
        guard line.lowercased().hasPrefix(scheme) else { return nil }
        let parts = line.dropFirst(scheme.count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let hosts = parts[0].split(separator: ",", omittingEmptySubsequences: false)
        guard (1...Self.mostAddresses).contains(hosts.count) else { return nil }
        let addresses = hosts.compactMap { PeerAddress($0) }
        let tail = parts[1].split(separator: "#", omittingEmptySubsequences: false)
        guard addresses.count == hosts.count, tail.count == 2, let node = NodeID(tail[0]),
            let secret = InvitationSecret(tail[1])
        else { return nil }
        self.init(addresses: addresses, node: node, secret: secret)
    }

    public var description: String {
        "mainstay://\(addresses.map(\.description).joined(separator: ","))/\(node)#\(secret.text)"
    }
}

/// 128 random bits, written as 26 letters of base 32. Prints as nothing, so that no log can tell it.
public struct InvitationSecret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    private let bytes: [UInt8]

    /// A new one, from the kernel's generator.
    public static func random() -> InvitationSecret {
        InvitationSecret(bytes: Array(Bytes32.random().bytes.prefix(16)))
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads ``text``.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 26, let bytes = Base32.decode(text), bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// The 26 letters.
    public var text: String { Base32.encode(bytes) }

    public var description: String { "(secret)" }
    public var debugDescription: String { description }

    /// Compares in a time that does not tell how much of the two is equal.
    public static func == (a: Self, b: Self) -> Bool {
        zip(a.bytes, b.bytes).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0 && a.bytes.count == b.bytes.count
    }
}
