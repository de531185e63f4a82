import Control
import Foundation
import Identity
import PeerProtocol

/// What doctor says of the link to a peer, with the remedy of that fault and no other.
struct PeerFinding {
    let name: String
    let link: TrustedPeers.Link

    var finding: DoctorFinding {
        let check = "peer \(name)"
        if link.isConnected {
            // It answers, and its list cannot be taken over.
            if let problem = link.problem { return DoctorFinding(check: check, state: .warning, what: problem) }
            return DoctorFinding(check: check, state: .ok, what: "Answers at \(link.address ?? "its address").")
        }
        guard let problem = link.problem else {
            return DoctorFinding(
                check: check, state: .problem, what: "It has not answered since this node started.", remedy: absent)
        }
        // The sentence of an error ends with its remedy in a few words; here is room for all of it.
        let what = link.fault == nil ? problem : Self.fault(of: problem) + "."
        return DoctorFinding(check: check, state: .problem, what: what, remedy: remedy(problem))
    }

    private var absent: String {
        let port = link.address.flatMap { PeerAddress($0) }?.port ?? 21_417
        return "Check that it is switched on, in the same network, and that its firewall lets port \(port) in."
    }

    private func remedy(_ problem: String) -> String {
        switch link.fault {
        case .unreachable where problem.contains(Self.foreign), .malformed where problem.contains(Self.foreign):
            "Another program answers there: check the address of \(name), and the port that its syncd listens at."
        case .unreachable: absent
        case .unpaired:
            "Pair them again: run `syncctl invite` here, and `syncctl join` with its line on \(name). "
                + "It was unpaired there, or its state is new."
        case .wrongPeer:
            "If \(name) was set up anew: `syncctl unpair \(name)` here, then pair them again. "
                + "If another machine has its address now, start \(name): it is found where it is."
        case .stalled, .disconnected, .failed:
            "It is tried again by itself; if that does not help, look at the log of syncd on \(name)."
        case .busy: "It is asked again by itself."
        case .noSpace: "Make room on the disk of \(name)."
        case .malformed, .tooLarge, .unprocessable, .conflict, .notFound: "Update Mainstay on both machines."
        case nil: "It is tried again by itself."
        }
    }

    /// What errors say of an answer that is none of this protocol.
    private static let foreign = "does not speak this protocol"

    /// The sentence without its remedy, which stands behind the last colon.
    private static func fault(of sentence: String) -> String {
        guard let end = sentence.range(of: ": ", options: .backwards) else { return sentence }
        return String(sentence[..<end.lowerBound])
    }
}
