import Identity

/// The steps of pairing, each the end of a path below `/v1/pairing/`.
enum PairingStep: String, CaseIterable, Sendable {
    case hello, reveal, confirm, join
}

extension Answer {
    /// A pairing that came to nothing, for the other side: a status, a code and a sentence seen from there.
    init(_ error: PairingError) {
        let code: PeerRefusal.Code =
            switch error.code {
            case .nobodyWaiting, .unknownInvitation: .forbidden
            case .busy, .tooSoon: .tooMany
            case .malformed: .badRequest
            case .notStored: .internalFault
            default: .conflict
            }
        let retryAfter = code == .tooMany ? error.retryAfter ?? .seconds(1) : nil
        self.init(PeerRefusal(code, error.message, retryAfter: retryAfter), code: error.code.rawValue)
    }
}
