import Foundation
import TestSupport
import Testing

@testable import Control

@Suite("The status as figures for programs that watch machines")
struct MetricsTests {
    @Test("Each figure of the status is there, with what it means, and a name that would break a line is escaped")
    func text() {
        var status = CommandSamples.status
        status.peers[0].name = "a \"b\" \\ c\nd"
        let lines = MetricsText(status).text.split(separator: "\n").map(String.init)
        let id = CommandSamples.peer
        for line in [
            "mainstay_info{keep=\"reduced\",name=\"desktop\",version=\"0.2.0\"} 1",
            "mainstay_uptime_seconds 11520", "mainstay_library_available 1", "mainstay_images{form=\"main\"} 8000",
            "mainstay_images{form=\"none\"} 45", "mainstay_library_bytes{of=\"mains\"} 31200000000",
            "mainstay_library_limit_bytes 50000000000", "mainstay_at_risk_images 120",
            "mainstay_work_images{state=\"pending\"} 42", "mainstay_problems 1",
            "mainstay_peer_connected{id=\"\(id)\",peer=\"a \\\"b\\\" \\\\ c\\nd\"} 1",
            "mainstay_peer_last_seen_seconds{id=\"\(id)\",peer=\"a \\\"b\\\" \\\\ c\\nd\"} 1795359845",
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        // A value has its name's help and type before it, once.
        let names = Set(
            lines.filter { !$0.hasPrefix("#") }.compactMap { $0.split(whereSeparator: "{ ".contains).first })
        for name in names {
            #expect(lines.count { $0.hasPrefix("# HELP \(name) ") } == 1)
            #expect(lines.count { $0 == "# TYPE \(name) gauge" } == 1)
        }
        #expect(lines.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("mainstay_") })
    }

    @Test("A machine without peers and without a limit has no figures of these")
    func alone() {
        var status = CommandSamples.status
        status.peers = []
        status.library.limit = nil
        let text = MetricsText(status).text
        #expect(!text.contains("peer") && !text.contains("limit"))
    }

    @Test("They come from the control socket, as curl asks for them")
    func socket() async throws {
        let scratch = try CommandScratch()
        let socket = scratch("s")
        try await CommandServed.serve(FakeNode(), at: socket) { _ in
            let result = try await CommandProgram(path: "/usr/bin/curl")
                .run(["-si", "--unix-socket", socket, "http://mainstay/metrics"])
            #expect(result.output.contains("mainstay_images{form=\"main\"} 8000\n"), "\(result.errors)")
            #expect(result.output.lowercased().contains("content-type: text/plain; version=0.0.4; charset=utf-8"))
        }
    }
}
