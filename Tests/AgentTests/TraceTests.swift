import Agent
import Logging
import Synchronization
import TestSupport
import Testing

@Suite("What the log tells of a photo's way")
struct TraceTests {
    private final class Told: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    /// Keeps the lines of one node, each with its node's name before it.
    private final class Lines: LogHandler {
        let name: String
        let all: Told
        var metadata: Logger.Metadata {
            get { [:] }
            set { _ = newValue }
        }
        var logLevel: Logger.Level {
            get { .trace }
            set { _ = newValue }
        }
        subscript(metadataKey _: String) -> Logger.Metadata.Value? {
            get { nil }
            set { _ = newValue }
        }

        init(_ name: String, _ all: Told) { (self.name, self.all) = (name, all) }

        func log(
            level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String,
            function: String, line: UInt
        ) {
            let facts = (metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            all.add(([name, "\(level):", "\(message)"] + facts).joined(separator: " "))
        }
    }

    @Test("With --log-level trace it is seen, listed, heard of, asked for, given and placed, in this order")
    func way() async throws {
        let lines = Told()
        @Sendable func logger(_ name: String) -> Logger { Logger(label: name) { Lines($0, lines) } }
        try await withTemporaryFolder { folder in
            try await TestNode.run("a", in: folder, logger: logger("a"), configure: { $0.reduceMore() }) { a in
                try await TestNode.run("b", in: folder, logger: logger("b"), configure: { $0.reduceMore() }) { b in
                    try await b.join(a)
                    try await b.settle(images: 0)
                    try a.put(try Photo.large(1), "x.jpg")
                    try await b.settle(images: 1)
                }
            }
        }
        let all = lines.all
        var rest = all[...]
        for step in [
            "a trace: seen event=", "a trace: listed image=", "b trace: compares lists peer=a records=1",
            "b trace: asks form=reduced image=", "a trace: is asked for a reduced copy image=",
            "b trace: placed image=",
        ] {
            let place = rest.firstIndex { $0.hasPrefix(step) }
            #expect(place != nil, "\(step) in \(all)")
            if let place { rest = rest[(place + 1)...] }
        }
    }
}
