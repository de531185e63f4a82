import Foundation
import TestSupport
import Testing

@Suite(
    "Discovery with real Avahi on hosts of their own", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: HostPrerequisites.isMet, "\(HostPrerequisites.reason)"))
struct DiscoveryHostTests {
    @Test("finds the other by name, address and interface, never itself, and hears its goodbye")
    func findsTheOther() async throws {
        try await Self.withTwoHosts { laptop, archive in
            let a = try await Self.start(1, "Laptop", 21_417, on: laptop)
            let b = try await Self.start(2, "Archive", 4000, on: archive)
            let archiveSeen = try await a.line("the archive, IPv4") { $0.contains("2 'Archive' 10.77.0.2:4000") }
            #expect(archiveSeen.hasSuffix("via eth0"))
            try await b.line("the laptop, IPv4") { $0.contains("1 'Laptop' 10.77.0.1:21417") }
            try await a.line("the archive, IPv6") { $0.contains("[fe80::") && $0.contains("%eth0]:4000 via eth0") }
            a.terminate()
            try await b.line("the goodbye") { $0 == "lost 1" }
            let output = try await a.waitForEnd()
            #expect(output.end == .exited(0))
            #expect(!output.lines.contains { $0.contains("'Laptop'") && !$0.contains("announced") })
        }
    }

    @Test("sees another port after a restart, and that a killed one is gone, whose Avahi lives on")
    func newPort() async throws {
        try await Self.withTwoHosts { laptop, archive in
            let a = try await Self.start(1, "Laptop", 21_417, on: laptop)
            let b = try await Self.start(2, "Archive", 4000, on: archive)
            try await a.line("the archive") { $0.contains(":4000") }
            b.kill()
            let b2 = try await Self.start(2, "Archive", 4001, on: archive)
            try await a.line("the new port") {
                $0.contains("2 'Archive") && $0.contains(":4001") && !$0.contains(":4000")
            }
            let seen = a.output.lines.count
            b2.kill()
            try await a.line("that it is gone", from: seen) { $0 == "lost 2" }
        }
    }

    @Test("follows a change of address")
    func newAddress() async throws {
        try await Self.withTwoHosts { laptop, archive in
            let a = try await Self.start(1, "Laptop", 21_417, on: laptop)
            _ = try await Self.start(2, "Archive", 4000, on: archive)
            try await a.line("the archive") { $0.contains("10.77.0.2:4000") }
            let seen = a.output.lines.count
            try await archive.set(address: "10.77.0.77")
            try await a.line("the new address", from: seen) {
                $0.contains("10.77.0.77:4000") && !$0.contains("10.77.0.2:")
            }
        }
    }

    @Test("finds again what an interface that was turned off took away")
    func interfaceOff() async throws {
        try await Self.withTwoHosts { laptop, archive in
            let a = try await Self.start(1, "Laptop", 21_417, on: laptop)
            _ = try await Self.start(2, "Archive", 4000, on: archive)
            try await a.line("the archive") { $0.contains("10.77.0.2:4000") }
            var seen = a.output.lines.count
            try await laptop.turnOffInterface()
            try await a.line("that it is gone", from: seen) { $0 == "lost 2" }
            seen = a.output.lines.count
            try await laptop.turnOnInterface()
            try await a.line("the archive again", from: seen) { $0.contains("10.77.0.2:4000") }
        }
    }

    @Test("does without bus and Avahi, says so once, and begins when they come; again when they go and come back")
    func avahiComesAndGoes() async throws {
        try await HostNetwork.run { network in
            let laptop = try await network.host("laptop")
            let archive = try await network.host("archive", avahi: true)
            _ = try await Self.start(2, "Archive", 4000, on: archive)
            // Memory full of rubbish, where Avahi's library uses what it never set (see CDNSSD): callbacks for the end of
            // the daemon.
            let a = try await Self.start(
                1, "Laptop", 21_417, on: laptop, environment: ["GLIBC_TUNABLES": "glibc.malloc.perturb=90"])
            try await a.line("the missing bus") { $0.contains("There is no system bus at /run/dbus/system_bus_socket") }
            try await laptop.startBus()
            try await a.line("the missing Avahi") { $0.contains("Avahi does not answer on the system bus") }

            for ending in [nil, laptop.stopAvahi, laptop.killAvahi, laptop.killBus] {
                var seen = a.output.lines.count
                if let ending {
                    try await ending()
                    try await a.line("that it is lost", from: seen) { $0 == "lost 2" }
                    try await a.line("the warning", from: seen) { $0.contains("nodes nearby cannot be found") }
                    // Avahi does not outlive its bus in order; what is left of it must not keep the next one out.
                    try await laptop.killAvahi()
                    seen = a.output.lines.count
                }
                try await laptop.startAvahi()
                try await a.line("the announcement", from: seen) { $0.contains("announced as 'Laptop'") }
                try await a.line("the archive", from: seen) { $0.contains("found 2 'Archive' ") }
            }
            a.terminate()
            let lines = try await a.waitForEnd().lines
            let warnings = lines.filter { $0.contains("nodes nearby cannot be found") }
            #expect(warnings.count <= 2 + 3 * 2, "at most one for each reason that was there: \(warnings)")
            #expect(lines.filter { $0.contains("no system bus") }.count <= 2)
            #expect(lines.last == "ended")
        }
    }

    @Test("announces two nodes of one name, on one host and on two, under names of their own")
    func conflicts() async throws {
        try await Self.withTwoHosts { laptop, archive in
            let a = try await Self.start(1, "Photos", 1001, on: laptop)
            try await a.line("its announcement") { $0.contains("announced as 'Photos'") }
            let b = try await Self.start(2, "Photos", 1002, on: laptop)
            try await b.line("its announcement") { $0.contains("announced as 'Photos #2'") }
            try await a.line("the other on this host") { $0.contains("2 'Photos #2' 10.77.0.1:1002") }
            try await b.line("the other on this host") { $0.contains("1 'Photos' 10.77.0.1:1001") }
            // Which of those that want a name gets it is between the two Avahis, and so is when they settle it.
            let c = try await Self.start(3, "Photos", 1003, on: archive)
            try await c.line("its announcement") { $0.contains("announced as 'Photos") }
            try await a.line("the one elsewhere") { $0.contains("3 'Photos") && $0.contains(" 10.77.0.2:1003") }
            try await c.line("the first one there") { $0.contains("1 'Photos") && $0.contains(" 10.77.0.1:1001") }
            try await c.line("the second one there") { $0.contains("2 'Photos") && $0.contains(" 10.77.0.1:1002") }
        }
    }

    @Test("tells of a copy of this machine on either, and when it is gone")
    func copied() async throws {
        try await Self.withTwoHosts { laptop, archive in
            let a = try await Self.start(1, "Photos", 1001, on: laptop)
            try await a.line("its announcement") { $0.contains("announced as 'Photos'") }
            let b = try await Self.start(1, "Photos", 1001, on: archive)
            try await b.line("the first") { $0.hasPrefix("copied 'Photos") && $0.hasSuffix(" on laptop.local") }
            try await a.line("the copy") { $0.hasPrefix("copied 'Photos") && $0.hasSuffix(" on archive.local") }
            let seen = a.output.lines.count
            b.terminate()
            try await a.line("that it is gone", from: seen) { $0 == "copied " }
        }
    }

    @Test("passes over services that are no nodes, says why once, and goes on")
    func hostile() async throws {
        try await Self.withTwoHosts { laptop, archive in
            let a = try await Self.start(1, "Laptop", 21_417, on: laptop)
            let hostile: [(name: String, record: [String], reason: String)] = [
                ("No id", ["v=1"], "its TXT record has no id"),
                ("Version 9", ["v=9", "id=AAAA"], "it speaks another version"),
                ("Bad id", ["v=1", "id=0189"], "its id is no node id"),
                ("Nothing", [], "its TXT record has no v"),
            ]
            for service in hostile {
                _ = try await archive.start(
                    ["avahi-publish-service", service.name, "_mainstay._tcp", "4000"] + service.record)
            }
            for service in hostile {
                try await a.line("why \(service.name) is refused") {
                    $0.contains("the service '\(service.name)' is passed over") && $0.contains(service.reason)
                }
            }
            _ = try await Self.start(2, "Archive", 4000, on: archive)
            try await a.line("the good one") { $0.contains("found 2 'Archive' ") }
            let lines = a.output.lines
            #expect(lines.filter { $0.contains("passed over") }.count == hostile.count)
            #expect(lines.filter { $0.hasPrefix("found") }.count == 1)
        }
    }

    private static func withTwoHosts(
        _ body: (_ laptop: TestSupport.Host, _ archive: TestSupport.Host) async throws -> Void
    ) async throws {
        try await HostNetwork.run { network in
            let laptop = try await network.host("laptop", avahi: true)
            let archive = try await network.host("archive", avahi: true)
            try await body(laptop, archive)
        }
    }

    private static func start(
        _ byte: UInt8, _ name: String, _ port: Int, on host: TestSupport.Host, environment: [String: String] = [:]
    ) async throws -> HostProcess {
        try await host.start(
            [HostBinaries.path("DiscoveryDriver"), "\(byte)", name, "\(port)"], environment: environment)
    }
}
