/// The second half of a pairing, the same on both sides: digits are shown, and two people say yes or no.
struct PairingComparison: Sendable {
    let peer: PairingParty
    let digits: String
    private(set) var here = false
    private(set) var there = false

    init(peer: PairingParty, digits: String) {
        self.peer = peer
        self.digits = digits
    }

    /// The peer, once both people have said yes.
    var paired: PairingParty? { here && there ? peer : nil }

    mutating func confirmHere() { here = true }
    mutating func confirmThere() { there = true }
}
