import Catalogue
import Control
import Decoding
import Discovery
import Disk
import Foundation
import Glibc
import Model
import PeerProtocol

/// Looks at what a node needs to do its work, and says what to do where it is not there.
struct Doctor: Sendable {
    let node: NodeParts
    let shelf: Shelf
    let decoder: DecoderPool?

    /// Less than this free is a warning: a few hundred reduced copies, and the catalogue's own needs.
    private static let lowSpace: Int64 = 1_000_000_000
    /// Where Debian puts Avahi.
    private static let avahi = "/usr/sbin/avahi-daemon"
    /// A clock before the day this was written is wrong.
    private static let earliest: TimeInterval = 1_790_000_000

    func findings() async -> [DoctorFinding] {
        let library = await library()
        let disk = await disk()
        let decoding = await decoding()
        var findings = [library, avahi(), port(), disk, decoding, clock()]
        for peer in node.peers.all {
            findings.append(PeerFinding(name: peer.row.name, link: peer.link).finding)
        }
        if node.peers.all.isEmpty {
            findings.append(
                DoctorFinding(
                    check: "peers", state: .warning, what: "This node is paired with no other.",
                    remedy: "Run `syncctl invite` here and `syncctl join` with its line on the other machine."))
        }
        return findings
    }

    private func library() async -> DoctorFinding {
        switch node.library.state {
        case .starting, .ok:
            access(node.configuration.library, W_OK) == 0
                ? DoctorFinding(check: "library", state: .ok, what: "\(node.configuration.library) is there.")
                : DoctorFinding(
                    check: "library", state: .problem, what: "\(node.configuration.library) cannot be written.",
                    remedy: "Give it to the user that syncd runs as, or mount its disk for writing.")
        case .paused(let reason), .missing(let reason):
            DoctorFinding(check: "library", state: .problem, what: reason)
        }
    }

    private func avahi() -> DoctorFinding {
        switch node.nearby?.state {
        case nil:
            DoctorFinding(
                check: "avahi", state: .warning, what: "Looking for nodes on the network is turned off.",
                remedy: "Start syncd without --no-mdns, or give peers' addresses when you invite and pair.")
        case .starting?:
            DoctorFinding(
                check: "avahi", state: .warning, what: "Avahi has not answered yet.", remedy: "Ask again in a moment.")
        case .available(let name)?:
            DoctorFinding(
                check: "avahi", state: .ok,
                what: "Announced as '\(name)'; \(node.nearby?.nodes.count ?? 0) other nodes are seen.")
        case .unavailable(let reason)?:
            DoctorFinding(
                check: "avahi", state: .problem, what: reason,
                remedy: (access(Self.avahi, X_OK) == 0
                    ? "Start it with `sudo systemctl start avahi-daemon`"
                    : "Install it with `sudo apt-get install avahi-daemon`")
                    + "; without it, known addresses are used.")
        }
    }

    private func port() -> DoctorFinding {
        let addresses = OwnAddresses.served(listeningAt: node.configuration.listenHosts)
        if node.vitals.port == 0 {
            return DoctorFinding(
                check: "port", state: .problem, what: "No port is open for peers.",
                remedy: "See the log of syncd for the reason.")
        }
        if addresses.isEmpty {
            return DoctorFinding(
                check: "port", state: .problem, what: "This machine has no network address.",
                remedy: "Connect it to the network of the others.")
        }
        if addresses.allSatisfy({ $0.hasPrefix("127.") || $0 == "::1" || $0 == "localhost" }) {
            let isChosen = OwnAddresses.served(listeningAt: ["::"]) != addresses
            return DoctorFinding(
                check: "port", state: .warning,
                what:
                    "Only this machine itself reaches port \(node.vitals.port) of \(addresses.joined(separator: ", ")).",
                remedy: isChosen
                    ? "Start syncd without that address in `listen`, so that others reach it."
                    : "Connect this machine to the network of the others.")
        }
        return DoctorFinding(
            check: "port", state: .ok,
            what: "Peers reach this node at port \(node.vitals.port) of \(addresses.joined(separator: ", ")).")
    }

    private func disk() async -> DoctorFinding {
        guard let space = try? await shelf.run({ try $0.space() }) else {
            return DoctorFinding(
                check: "disk", state: .problem, what: "The library's disk does not say how much room it has.",
                remedy: "Check that it is mounted, and that syncd's user may read it.")
        }
        let free = space.free.formatted(.byteCount(style: .file))
        let traits = (try? await shelf.run { try $0.traits() })?.sentence ?? ""
        return space.free < Self.lowSpace
            ? DoctorFinding(
                check: "disk", state: .warning, what: "Only \(free) are free on the library's disk.\(traits)",
                remedy: "Make room: reduced copies of new photos need it.")
            : DoctorFinding(check: "disk", state: .ok, what: "\(free) are free on the library's disk.\(traits)")
    }

    private func decoding() async -> DoctorFinding {
        let check = "decoder"
        guard let decoder else {
            return DoctorFinding(
                check: check, state: .warning,
                what: "The decoder is not installed: of mains here that are no JPEGs no reduced copies are made.",
                remedy:
                    "Install the package mainstay-decoder, or put syncd-decoder beside syncd, and start syncd again.")
        }
        do {
            let walls = try await shelf.threads.run { try decoder.walls() }
            guard walls.isSuperset(of: .needed) else {
                let lacking = DecoderWalls.needed.subtracting(walls).words.joined(separator: ", ")
                return DoctorFinding(
                    check: check, state: .problem, what: "Only JPEGs are decoded: this kernel lacks \(lacking).",
                    remedy: "Use a kernel with seccomp, as Debian's is.")
            }
            return DoctorFinding(
                check: check, state: .ok,
                what: "Pictures and films are decoded behind \(walls.words.joined(separator: ", "))"
                    + (walls.contains(.files) ? "." : "; this kernel has no Landlock, which would be one more."))
        } catch {
            return DoctorFinding(
                check: check, state: .problem, what: "The decoder does not work: \(error)",
                remedy: "Install the package mainstay-decoder anew.")
        }
    }

    private func clock() -> DoctorFinding {
        let now = Date.now
        return now.timeIntervalSince1970 < Self.earliest
            ? DoctorFinding(
                check: "clock", state: .warning, what: "The clock says \(now.formatted(.iso8601)), which is long ago.",
                remedy: "Set it (`timedatectl set-ntp true`); Mainstay works, but the times it shows are wrong.")
            : DoctorFinding(check: "clock", state: .ok, what: "The clock says \(now.formatted(.iso8601)).")
    }
}

extension DiskTraits {
    /// What the disk does not give, in a sentence with a space before it; empty where it gives all.
    fileprivate var sentence: String {
        var lacks: [String] = []
        if !keepsModes { lacks.append("no permissions") }
        if !keepsTags { lacks.append("no tags") }
        if timeStep >= 1_000_000_000 { lacks.append("dates to \(timeStep / 1_000_000_000) s only") }
        if foldsCase { lacks.append("one file of names that differ in case") }
        if !takesAnyName { lacks.append("no names with : ? * \" < > |") }
        guard let last = lacks.popLast() else { return "" }
        return " It keeps \(lacks.isEmpty ? last : "\(lacks.joined(separator: ", ")) and \(last)")."
    }
}
