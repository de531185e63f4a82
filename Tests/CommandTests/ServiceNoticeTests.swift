import Foundation
import Glibc
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@testable import Startup

@Suite("What the service manager is told", .timeLimit(.minutes(2)))
struct ServiceNoticeTests {
    /// A datagram socket as systemd has one.
    private final class Listener: Sendable {
        let descriptor: Int32

        init(name: String) throws {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var bytes = Array(name.utf8)
            let isAbstract = bytes.first == UInt8(ascii: "@")
            if isAbstract { bytes[0] = 0 }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1))
            let result = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
            }
            try #require(result == 0)
            var patience = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(descriptor) }

        func next() -> String {
            var buffer = [UInt8](repeating: 0, count: 1024)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
    }

    @Test("each message, at a path and at an abstract name", arguments: [true, false])
    func messages(isAbstract: Bool) throws {
        let scratch = try CommandScratch()
        let name = isAbstract ? "@\(scratch.path)" : scratch("notify")
        let listener = try Listener(name: name)
        let notice = ServiceNotice(environment: ["NOTIFY_SOCKET": name])
        notice.ready()
        #expect(listener.next() == "READY=1")
        notice.status("3 of 5\nimages")
        #expect(listener.next() == "STATUS=3 of 5 images")
        notice.alive()
        #expect(listener.next() == "WATCHDOG=1")
        notice.stopping()
        #expect(listener.next() == "STOPPING=1")
    }

    @Test("a socket that is not there, or no socket, is no fault")
    func nobody() {
        ServiceNotice(environment: ["NOTIFY_SOCKET": "/nonexistent/notify"]).ready()
        ServiceNotice(environment: [:]).ready()
    }

    @Test(
        "the watchdog is for the process that is meant",
        arguments: [
            (["WATCHDOG_USEC": "2000000"], Duration.seconds(2)),
            (["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "7"], .seconds(2)),
            (["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "8"], nil), (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "x"], nil),
            ([:], nil),
        ])
    func watchdog(environment: [String: String], interval: Duration?) {
        let notice = ServiceNotice(
            environment: environment.merging(["NOTIFY_SOCKET": "/run/notify"]) { $1 }, processIdentifier: 7)
        #expect(notice.watchdogInterval == interval)
    }

    @Test("the heart beats until the agent stops")
    func heartbeat() async throws {
        let scratch = try CommandScratch()
        let listener = try Listener(name: scratch("notify"))
        let notice = ServiceNotice(environment: ["NOTIFY_SOCKET": scratch("notify"), "WATCHDOG_USEC": "20000"])
        let group = ServiceGroup(services: [Heartbeat(notice: notice)], logger: .init(label: "test"))
        async let running: Void = group.run()
        // Receiving blocks, so it has a thread of its own.
        let beats = await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: (0..<3).map { _ in listener.next() }) }
            thread.start()
        }
        #expect(beats == ["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"])
        await group.triggerGracefulShutdown()
        try await running
    }
}
