public import Identity
public import Model

/// What a person at a terminal is shown while a pairing runs.
public enum PairingEvent: Hashable, Sendable {
    /// This node waits for `syncctl pair NAME` at the other machine.
    case waiting
    /// Both machines show these six digits: compare them and answer. Name and id are the other machine's own.
    case digits(String, peerName: NodeName, id: NodeID)
    /// The person here said yes; the one at the other machine has not answered yet.
    case waitingForOther
    /// Done, and stored.
    case paired(PairedPeer)
    /// It came to nothing.
    case failed(PairingError)
}
