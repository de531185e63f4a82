public import Model

/// A step of a pairing by six digits, in the order in which they come: waiting, digits, then paired or failed.
public enum PairingMessage: Hashable, Sendable {
    /// Waiting for something; the clause says for what: "for the other machine to run syncctl pair".
    case waiting(String)
    /// Both machines must show these digits. `NodeControl.confirmPairing` says whether they do.
    case digits(attempt: String, digits: String, name: String, id: NodeID)
    /// Both people said yes. The last message.
    case paired(PairedReport)
    /// It came to nothing. The last message.
    case failed(ControlFailure)
}

extension PairingMessage: Codable {
    private enum Kind: String, Codable { case waiting, digits, paired, failed }
    private enum CodingKeys: CodingKey { case kind, reason, attempt, digits, name, id, peer, failure }

    /// Reads one from JSON; throws `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .kind) {
        case .waiting:
            self = try .waiting(container.decode(String.self, forKey: .reason))
        case .digits:
            self = try .digits(
                attempt: container.decode(String.self, forKey: .attempt),
                digits: container.decode(String.self, forKey: .digits),
                name: container.decode(String.self, forKey: .name), id: container.decode(NodeID.self, forKey: .id))
        case .paired:
            self = try .paired(container.decode(PairedReport.self, forKey: .peer))
        case .failed:
            self = try .failed(container.decode(ControlFailure.self, forKey: .failure))
        }
    }

    /// Writes it as JSON.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .waiting(let reason):
            try container.encode(Kind.waiting, forKey: .kind)
            try container.encode(reason, forKey: .reason)
        case .digits(let attempt, let digits, let name, let id):
            try container.encode(Kind.digits, forKey: .kind)
            try container.encode(attempt, forKey: .attempt)
            try container.encode(digits, forKey: .digits)
            try container.encode(name, forKey: .name)
            try container.encode(id, forKey: .id)
        case .paired(let peer):
            try container.encode(Kind.paired, forKey: .kind)
            try container.encode(peer, forKey: .peer)
        case .failed(let failure):
            try container.encode(Kind.failed, forKey: .kind)
            try container.encode(failure, forKey: .failure)
        }
    }
}
