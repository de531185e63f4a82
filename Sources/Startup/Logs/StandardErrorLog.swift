import Foundation
import Logging
import Synchronization

/// The log on standard error, one line an event, each in one write; of each cause no more than its share.
struct StandardErrorLog: LogHandler {
    /// The level that a person set, unless this log was given one of its own.
    var logLevel: Logger.Level {
        get { own ?? level.now }
        set { own = newValue }
    }
    private var own: Logger.Level?
    private let level: LogLevel
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat
    private let shares: Shares
    private let write: @Sendable (String) -> Void

    /// Of all logs of a process.
    final class Shares: Sendable {
        fileprivate let now = Mutex(LogShares())
    }

    init(
        format: LogFormat, level: LogLevel, shares: Shares,
        write: @escaping @Sendable (String) -> Void = StandardError.write
    ) {
        self.format = format
        self.shares = shares
        self.write = write
        self.level = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var facts = metadataProvider?.get() ?? [:]
        facts.merge(metadata) { $1 }
        facts.merge(event.metadata ?? [:]) { $1 }
        if let error = event.error { facts["error"] = "\(error)" }
        let (message, peer) = ("\(event.message)", facts["peer"].map { "\($0)" })
        let verdict = shares.now.withLock { $0.admit(message, peer: peer, at: .now) }
        for (cause, lines) in verdict.leftOut {
            write(
                format.line(
                    .warning, "within a minute there were too many lines \(cause): \(lines) more are left out", [:],
                    time: Date(), zone: .current))
        }
        guard verdict.isWritten else { return }
        write(format.line(event.level, message, facts, time: Date(), zone: .current))
    }
}
