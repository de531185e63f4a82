import Glibc
import Logging
import Model
import Synchronization
import Testing

@testable import Discovery

@Suite("The service")
struct NearbyNodesTests {
    private typealias Report = (DiscoverySession.Report) -> Void
    private static let absent = DiscoveryError(code: .noAvahi, message: "Avahi does not answer.", cause: -65_537)
    private static let archive = NearbyNode(
        id: node(2), name: "Archive", addresses: [HostAddress(host: "192.0.2.7", port: 1)], interfaces: ["eth0"])

    /// A service whose attempts go as the script says: nil is an absent Avahi; the last attempt lasts until it is
    /// stopped.
    private static func service(
        _ script: [(@Sendable (Report) -> Void)?], waits: RecordedWaits, log: RecordedLog
    ) -> NearbyNodes {
        let attempt = Mutex(0)
        let logger = Logger(label: "test") { _ in log }
        return NearbyNodes(logger: logger, wait: waits.wait) { stop, report in
            let index = attempt.withLock { attempt in
                defer { attempt += 1 }
                return attempt
            }
            script[index]?(report)
            if index < script.count - 1 { return .failure(absent) }
            var descriptor = pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, -1)
            return .success(())
        }
    }

    @Test("tries again ever more slowly, says once that Avahi is missing, and ends as soon as it is cancelled")
    func retries() async {
        let (waits, log) = (RecordedWaits(), RecordedLog())
        let script: [(@Sendable (Report) -> Void)?] =
            Array(repeating: nil, count: 7) + [{ report in report(.available(name: "Laptop")) }, nil, nil]
        let service = Self.service(script, waits: waits, log: log)
        #expect(service.state == .starting)
        await withTaskGroup { group in
            group.addTask { await service.run() }
            await waits.reached(9)
            group.cancelAll()
        }
        let seconds: [Double] = [0.5, 1, 2, 4, 8, 16, 32, 0.5, 1]
        #expect(waits.all == seconds.map { Duration.seconds($0) })
        #expect(
            log.lines == [
                "warning nodes nearby cannot be found, known addresses still work. Avahi does not answer.",
                "info announced as 'Laptop'",
                "warning nodes nearby cannot be found, known addresses still work. Avahi does not answer.",
            ])
    }

    @Test("another name ends what is announced, and what comes next has it")
    func renamed() async {
        let announced = NearbyNodes.Announced("Laptop")
        let (names, said) = AsyncStream<String>.makeStream()
        let service = NearbyNodes(
            logger: Logger(label: "test") { _ in RecordedLog() }, wait: { _ in }, announced: announced
        ) { stop, report in
            report(.available(name: announced.name))
            said.yield(announced.name)
            var descriptor = pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, -1)
            return .success(())
        }
        await withTaskGroup { group in
            group.addTask { await service.run() }
            var heard = names.makeAsyncIterator()
            #expect(await heard.next() == "Laptop")
            service.rename("Attic")
            #expect(await heard.next() == "Attic")
            #expect(announced.taken == ["Laptop", "Attic"])
            group.cancelAll()
        }
    }

    @Test("ends while it waits for another attempt")
    func endsWhileWaiting() async {
        let service = NearbyNodes(
            logger: Logger(label: "test") { _ in RecordedLog() },
            wait: { _ in throw CancellationError() }, session: { _, _ in .failure(Self.absent) })
        await service.run()
        #expect(service.nodes.isEmpty)
    }

    @Test("tells what it found, and that it is lost when Avahi goes")
    func tells() async {
        let (waits, log) = (RecordedWaits(), RecordedLog())
        let (archive, id) = (Self.archive, node(2))
        let service = Self.service(
            [
                { report in
                    report(.available(name: "Laptop"))
                    report(.nodes([id: archive]))
                }, { report in report(.nodes([id: archive])) },
            ], waits: waits, log: log)
        let events = service.events()
        await withTaskGroup { group in
            group.addTask { await service.run() }
            var heard: [DiscoveryEvent] = []
            for await event in events {
                heard.append(event)
                if heard.count == 3 { break }
            }
            #expect(heard == [.found(archive), .lost(id), .found(archive)])
            #expect(service.nodes == [archive])
            var late = service.events().makeAsyncIterator()
            #expect(await late.next() == .found(archive))
            group.cancelAll()
            #expect(await late.next() == .lost(id))
            #expect(await late.next() == nil)
        }
        #expect(service.nodes.isEmpty)
        for await _ in service.events() { Issue.record("an event after the end") }
    }

    @Test("says why, with a remedy, while Avahi is not there")
    func reason() async {
        let (waits, forever) = (AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream())
        let service = NearbyNodes(
            logger: Logger(label: "test") { _ in RecordedLog() },
            wait: { _ in
                waits.continuation.yield()
                // Lasts until the task is cancelled.
                for await _ in forever.stream {}
                throw CancellationError()
            }, session: { _, _ in .failure(Self.absent) })
        await withTaskGroup { group in
            group.addTask { await service.run() }
            for await _ in waits.stream { break }
            #expect(service.state == .unavailable(reason: "Avahi does not answer."))
            group.cancelAll()
        }
        forever.continuation.finish()
        #expect(service.state == .starting)
    }
}

/// Waits that pass at once, and are remembered.
private final class RecordedWaits: Sendable {
    private let durations = Mutex<[Duration]>([])
    private let counts = AsyncStream<Int>.makeStream()

    var all: [Duration] { durations.withLock { $0 } }

    func wait(_ duration: Duration) async throws {
        let count = durations.withLock { durations in
            durations.append(duration)
            return durations.count
        }
        counts.continuation.yield(count)
    }

    func reached(_ number: Int) async {
        for await count in counts.stream where count >= number { return }
    }
}

/// A log that is remembered.
private final class RecordedLog: LogHandler, Sendable {
    private let written = Mutex<[String]>([])

    var lines: [String] { written.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) { written.withLock { $0.append("\(event.level) \(event.message)") } }
}
