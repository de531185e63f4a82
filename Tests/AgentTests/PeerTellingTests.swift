import Control
import Foundation
import Logging
import Model
import PeerProtocol
import Synchronization
import TestSupport
import Testing

@testable import Agent

@Suite("Who is meant by a name or an id")
struct PeerChoiceTests {
    private static let nodes = [
        (name: "desktop", id: CommandSamples.id(1)), (name: "desktop", id: CommandSamples.id(2)),
        (name: "attic", id: CommandSamples.id(255)),
    ]

    private static func index(_ wanted: String) throws -> Int? {
        try PeerChoice.index(of: wanted, among: nodes, kind: "peers", command: "unpair")
    }

    @Test("a name, an id, and the beginning of an id as it is listed, in any case and without its dash")
    func found() throws {
        #expect(try Self.index("attic") == 2)
        for (place, node) in Self.nodes.enumerated() {
            for word in [
                node.id.description, node.id.short, node.id.short.lowercased(),
                node.id.short.filter { $0 != "-" }, String(node.id.short.prefix(6)),
            ] { #expect(try Self.index(word) == place, "\(word)") }
        }
        for word in ["", "-", "nobody", "desk"] { #expect(try Self.index(word) == nil, "\(word)") }
    }

    @Test("two of one name are told apart by their ids, which the sentence shows")
    func several() {
        let failure = #expect(throws: ControlFailure.self) { try Self.index("desktop") }
        let ids = Self.nodes.prefix(2).map(\.id.short)
        #expect(failure?.code == .usage)
        #expect(
            failure?.message
                == "2 peers are called 'desktop': \(ids[0]) and \(ids[1]). Give the beginning of the id: syncctl unpair \(ids[0])."
        )
        let begun = #expect(throws: ControlFailure.self) { try Self.index(String(ids[0].prefix(1))) }
        #expect(begun?.message.contains("2 peers have an id that begins with") == true)
    }
}

@Suite("What doctor says of a peer")
struct PeerFindingTests {
    private static func finding(_ fault: PeerError.Code?, _ problem: String?, connected: Bool = false) -> DoctorFinding
    {
        var link = TrustedPeers.Link()
        (link.isConnected, link.address, link.fault, link.problem) = (connected, "10.77.0.5:4711", fault, problem)
        return PeerFinding(name: "nas", link: link).finding
    }

    @Test(
        "the remedy is the one of its own case",
        arguments: [
            (
                PeerError.Code.unpaired, "nas does not know this machine (any more): pair them again",
                "nas does not know this machine (any more).",
                "Pair them again: run `syncctl invite` here, and `syncctl join` with its line on nas."
            ),
            (
                .unreachable, "nas cannot be reached at 10.77.0.5:4711: check that it runs and is on this network",
                "nas cannot be reached at 10.77.0.5:4711.", "its firewall lets port 4711 in."
            ),
            (
                .unreachable, "what answers at 10.77.0.5:4711 does not speak this protocol: check the port",
                "what answers at 10.77.0.5:4711 does not speak this protocol.", "Another program answers there"
            ),
            (
                .wrongPeer, "the machine at 10.77.0.5:4711 is not nas: pair anew if its key was made anew",
                "the machine at 10.77.0.5:4711 is not nas.", "`syncctl unpair nas`"
            ),
            (
                .stalled, "nas stopped answering in mid-answer: it is tried again later",
                "nas stopped answering in mid-answer.", "look at the log of syncd on nas"
            ),
            (.noSpace, "the disk of nas is full: make room there", "the disk of nas is full.", "Make room"),
            (
                .malformed, "nas answered with status 418: check that both run the same version",
                "nas answered with status 418.", "Update Mainstay on both"
            ),
            (nil, nil, "It has not answered since this node started.", "its firewall lets port 4711 in."),
        ] as [(PeerError.Code?, String?, String, String)])
    func remedies(fault: PeerError.Code?, problem: String?, what: String, remedy: String) {
        let finding = Self.finding(fault, problem)
        #expect(finding.state == .problem)
        #expect(finding.check == "peer nas")
        #expect(finding.what == what)
        #expect(finding.remedy?.contains(remedy) == true, "\(finding.remedy ?? "none")")
        let isAbsence = remedy.contains("firewall")
        #expect(finding.remedy?.contains("firewall") == isAbsence)
        #expect(finding.remedy?.contains("switched on") == isAbsence)
    }

    @Test("every kind of fault has a remedy", arguments: PeerError.Code.allCases)
    func all(code: PeerError.Code) {
        #expect(Self.finding(code, "nas is ill: do something").remedy?.isEmpty == false)
    }

    @Test("one that answers is well, unless its list cannot be taken over")
    func connected() {
        #expect(Self.finding(nil, nil, connected: true).what == "Answers at 10.77.0.5:4711.")
        let odd = Self.finding(nil, "Some records of this peer cannot be taken over.", connected: true)
        #expect(odd.state == .warning)
    }
}

@Suite("A peer that does not know this machine any more", .serialized)
struct ForgottenTests {
    @Test("is told of by its name, with a plain address, and with the remedy of this case")
    func forgotten() async throws {
        try await withTemporaryFolder { folder in
            try await TestNode.run("nas", in: folder, configure: { $0.listenHosts = ["::"] }) { a in
                try await TestNode.run("ben", in: folder) { b in
                    try await b.join(a)
                    try await b.settle(images: 0)
                    _ = try await a.control.unpair("ben")
                    let status = try await b.wait("it says so") { $0.peers.first?.problem?.contains("know") == true }
                    let peer = try #require(status.peers.first)
                    #expect(peer.problem == "nas does not know this machine (any more): pair them again")
                    #expect(peer.address?.contains("ffff") == false)
                    let finding = try #require(try await b.control.doctor().first { $0.check == "peer nas" })
                    #expect(finding.what == "nas does not know this machine (any more).")
                    #expect(finding.remedy?.hasPrefix("Pair them again: run `syncctl invite` here") == true)
                }
            }
        }
    }
}

@Suite("What came from a peer is one line of the log for a batch")
struct HaulTests {
    /// What was logged.
    private struct Lines: LogHandler {
        final class Store: Sendable { let lines = Mutex<[String]>([]) }
        let store: Store
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) { store.lines.withLock { $0.append("\(event.message)") } }
    }

    @Test(
        "the line",
        arguments: [
            (2100, 0, Int64(8_100_000_000), Duration.seconds(182), "pulled 2,100 mains, 8.1 GB, from nas in 3 min"),
            (1, 0, 412_000, .milliseconds(420), "pulled 1 main, 412 kB, from nas in 0.4 s"),
            (0, 312, 0, .seconds(40), "pulled 312 reduced copies from nas in 40 s"),
            (2, 1, 1_500_000, .seconds(7500), "pulled 2 mains, 1.5 MB, and 1 reduced copy from nas in 2 h 5 min"),
            (1_234_567, 0, 999, .seconds(59), "pulled 1,234,567 mains, 999 B, from nas in 59 s"),
        ])
    func line(mains: Int, copies: Int, bytes: Int64, time: Duration, text: String) {
        #expect(Haul.line(mains: mains, copies: copies, bytes: bytes, from: "nas", in: time) == text)
    }

    @Test("many files that come while the link holds are one line, also when it breaks")
    func batch() async {
        let store = Lines.Store()
        let haul = Haul()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await haul.tell(Logger(label: "test") { _ in Lines(store: store) }, name: { "nas" }) { true }
            }
            for _ in 0..<1000 { haul.add(mains: 1, copies: 1, bytes: 5) }
            group.cancelAll()
        }
        let lines = store.lines.withLock { $0 }
        #expect(lines.count == 1)
        #expect(lines.first?.hasPrefix("pulled 1,000 mains, 5.0 kB, and 1,000 reduced copies from nas in") == true)
    }
}
