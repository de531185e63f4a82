/// What a paired peer may do here: a person at this machine says so, and nobody else.
public struct PeerRights: OptionSet, Hashable, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// It gets reduced copies and, where it asks, mains; and it may have mains held for it.
    public static let sees = PeerRights(rawValue: 1)
    /// Its images come here.
    public static let shares = PeerRights(rawValue: 2)
    /// Its copies count when a main is to leave this machine. Only with ``shares``: else nothing is known of them.
    public static let keeps = PeerRights(rawValue: 4)
    /// Its words count here: on deleting, naming, editing, replacing and attributes. Only with ``shares``.
    public static let speaks = PeerRights(rawValue: 8)

    /// What a machine of the household may.
    public static let member: PeerRights = [.sees, .shares, .speaks]
    /// What a machine may that keeps the mains.
    public static let archive: PeerRights = [.sees, .shares, .keeps, .speaks]
    /// What a machine may that only gets pictures.
    public static let guest: PeerRights = [.sees]

    /// All rights by their names, in the order in which they are told.
    public static let named: [(name: String, right: PeerRights)] = [
        ("sees", .sees), ("shares", .shares), ("keeps", .keeps), ("speaks", .speaks),
    ]

    /// The usual sets of rights by their names.
    public static let roles: [(name: String, rights: PeerRights)] = [
        ("member", .member), ("guest", .guest), ("archive", .archive),
    ]

    /// The right of that name.
    public init?(name: String) {
        guard let right = Self.named.first(where: { $0.name == name })?.right else { return nil }
        self = right
    }

    /// The usual set of that name.
    public init?(role: String) {
        guard let rights = Self.roles.first(where: { $0.name == role })?.rights else { return nil }
        self = rights
    }

    /// The name of the usual set that these are; nil for any other.
    public var role: String? { Self.roles.first { $0.rights == self }?.name }

    /// The names of these rights.
    public var names: [String] { Self.named.filter { contains($0.right) }.map(\.name) }

    /// With more rights, and those without which they mean nothing.
    public func allowing(_ more: PeerRights) -> PeerRights {
        let all = union(more)
        return more.isDisjoint(with: [.keeps, .speaks]) ? all : all.union(.shares)
    }

    /// With fewer rights, and without those that mean nothing then.
    public func denying(_ fewer: PeerRights) -> PeerRights {
        let rest = subtracting(fewer)
        return rest.contains(.shares) ? rest : rest.subtracting([.keeps, .speaks])
    }
}

extension Record.Content {
    /// What counts of it from a peer with these rights; nil for nothing. It keeps its place in the mirror all the same.
    public func counted(by rights: PeerRights) -> Record.Content? {
        guard rights.contains(.shares) else { return nil }
        guard case .file(var info) = self else { return rights.contains(.speaks) ? self : nil }
        if !rights.contains(.speaks) { info = info.withoutWords }
        return .file(info)
    }
}

/// What a peer may, and who has said so.
public struct PeerStanding: Hashable, Sendable {
    /// Who says whether its copies count.
    public enum Decision: Int, Sendable {
        /// A person has said it, or the peer did at its first word.
        case made
        /// A person is to say it, should the peer keep mains.
        case open
        /// The peer's first word after the pairing says it: one that keeps mains is an archive.
        case firstWord
    }

    public var rights: PeerRights
    public var decision: Decision

    public init(_ rights: PeerRights, decision: Decision = .made) {
        self.rights = rights
        self.decision = decision
    }

    /// Of a pairing at which nobody said anything, and nobody can be asked.
    public static let byFirstWord = PeerStanding(.member, decision: .firstWord)
    /// Of a pairing at which a person is to be asked.
    public static let open = PeerStanding(.member, decision: .open)
}

/// As the list of their names; names that this version does not know are passed over.
extension PeerRights: Codable {
    public init(from decoder: any Decoder) throws {
        let names = try decoder.singleValueContainer().decode([String].self)
        self = names.reduce(into: []) { $0.formUnion(PeerRights(name: $1) ?? []) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(names)
    }
}
