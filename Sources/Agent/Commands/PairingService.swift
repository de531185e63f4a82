import Catalogue
import Control
import Discovery
import Foundation
import Identity
import Logging
import Model
import PeerProtocol
import Synchronization

/// Pairing as a person at the terminal sees it: names and lines in, digits and reasons out.
final class PairingService: Sendable {
    private let identity: NodeIdentity
    private let desk: PairingDesk
    private let peers: TrustedPeers
    private let nearby: NearbyNodes?
    private let vitals: Vitals
    private let listenHosts: [String]
    /// The attempt whose digits are shown: only its own answer counts.
    private let attempt = Mutex<String?>(nil)

    init(
        identity: NodeIdentity, desk: PairingDesk, peers: TrustedPeers, nearby: NearbyNodes?, vitals: Vitals,
        listenHosts: [String]
    ) {
        self.identity = identity
        self.desk = desk
        self.peers = peers
        self.nearby = nearby
        self.vitals = vitals
        self.listenHosts = listenHosts
    }

    /// How long a machine that was just paired has to say what it keeps, before the person is told without that.
    private static let patience = Duration.seconds(10)

    /// A node is trusted no more.
    func forget(_ node: NodeID) async { await desk.forget(node) }

    func invite(as rights: PeerRights?) async throws -> InviteReport {
        // A node that listens at one address only can be reached at no other.
        let addresses = OwnAddresses.served(listeningAt: listenHosts).compactMap {
            PeerAddress(host: $0, port: vitals.port)
        }
        guard !addresses.isEmpty else {
            throw ControlFailure(.tryAgain, "This machine has no network address yet; connect it and try again.")
        }
        let invitation = try await failing {
            try await desk.invite(addresses: addresses, as: rights.map { PeerStanding($0) })
        }
        return InviteReport(
            invite: invitation.description,
            expires: Date(timeIntervalSinceNow: Invitation.lifetime / .seconds(1)))
    }

    func join(_ line: String, as rights: PeerRights?) async throws -> PairedReport {
        guard let invitation = Invitation(line) else {
            throw ControlFailure(
                .usage,
                "That is no invitation; paste the whole line that `syncctl invite` printed on the other machine, in quotes."
            )
        }
        guard invitation.node != identity.id else {
            throw ControlFailure(.usage, "That invitation is this machine's own; run `syncctl join` on the other one.")
        }
        let peer = try await CommandWaits.during("waiting until the machine that made the invitation answers") {
            try await failing { try await desk.join(invitation, as: rights.map { PeerStanding($0) }) }
        }
        return await report(peer)
    }

    func pair(
        with target: String?, as rights: PeerRights?
    ) -> AsyncThrowingStream<PairingMessage, any Error> {
        let standing = rights.map { PeerStanding($0) } ?? .open
        return .running { [self] continuation in
            let number = UUID().uuidString
            defer { attempt.withLock { if $0 == number { $0 = nil } } }
            let wait = CommandWaits.Wait()
            defer { wait.turns(to: nil) }
            let show: @Sendable (PairingEvent) async throws -> Void = { [self] event in
                switch event {
                case .waiting:
                    wait.turns(to: "waiting until the other machine runs `syncctl pair`")
                    continuation.yield(.waiting("for the other machine to run `syncctl pair`"))
                case .digits(let digits, let peerName, let id):
                    wait.turns(to: nil)
                    attempt.withLock { $0 = number }
                    continuation.yield(
                        .digits(attempt: number, digits: digits, name: peerName.description, id: id))
                case .waitingForOther:
                    wait.turns(to: "waiting for the answer at the other machine")
                    continuation.yield(.waiting("for the answer at the other machine"))
                case .paired, .failed: break
                }
            }
            do {
                let peer: PairedPeer
                if let target {
                    let addresses = try addresses(of: target)
                    wait.turns(to: "waiting until \(target) answers")
                    continuation.yield(.waiting("for \(target) to answer"))
                    peer = try await desk.pair(with: addresses, as: standing, report: show)
                } else {
                    peer = try await desk.wait(as: standing, report: show)
                }
                let paired = await report(peer)
                continuation.yield(.paired(paired))
            } catch let error as ControlFailure {
                continuation.yield(.failed(error))
            } catch let error as PairingError {
                continuation.yield(.failed(Self.failure(error)))
            }
        }
    }

    func confirm(attempt number: String, yes: Bool) async throws {
        guard attempt.withLock({ $0 == number }) else {
            throw ControlFailure(.notFound, "That pairing is over; run `syncctl pair` again on both machines.")
        }
        try await failing { try await desk.answer(yes) }
    }

    private func addresses(of target: String) throws -> [PeerAddress] {
        let seen = nearby?.nodes ?? []
        let nodes = seen.map { ($0.name, $0.id) }
        if let place = try PeerChoice.index(of: target, among: nodes, kind: "nodes nearby", command: "pair") {
            return seen[place].addresses.compactMap { PeerAddress(host: $0.host, port: $0.port) }
        }
        if target.contains(":") || target.contains("."), let address = PeerAddress(target, defaultPort: 21417) {
            return [address]
        }
        throw ControlFailure(
            .notFound, "No node nearby is called '\(target)'; see `syncctl nearby`, or give its HOST:PORT.")
    }

    private func report(_ peer: PairedPeer) async -> PairedReport {
        let name = peer.name.description
        let known = await CommandWaits.during("waiting until \(name) says what it keeps") {
            await peers.heardFrom(peer.id, within: Self.patience)
        }
        let standing = known?.row.standing ?? .byFirstWord
        return PairedReport(
            id: peer.id, name: name, address: peer.addresses.first?.description, rights: standing.rights,
            keep: known?.link.keep, isOpen: standing.decision == .open)
    }

    private func failing<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch let error as PairingError { throw Self.failure(error) }
    }

    private static func failure(_ error: PairingError) -> ControlFailure {
        ControlFailure(error.isRetryable ? .tryAgain : .failed, error.message)
    }
}

/// Keeps whom a pairing trusted.
struct PairingTrust: PeerTrusting {
    let peers: TrustedPeers
    let logger: Logger

    func trust(_ peer: PairedPeer) async throws {
        try await peers.trust(
            peer.certificate, name: peer.name.description, addresses: peer.addresses.map(\.description),
            standing: peer.standing)
        logger.notice("paired", metadata: ["peer": "\(peer.name)", "id": "\(peer.id.short)"])
    }
}
