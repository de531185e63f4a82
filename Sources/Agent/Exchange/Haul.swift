import Foundation
import Logging
import Synchronization

/// What came from one peer since the log told of it: one line for a batch, never one for each image.
final class Haul: Sendable {
    private struct Sum {
        var mains = 0
        var copies = 0
        var bytes: Int64 = 0
        var began = ContinuousClock.now
        /// When the last file came.
        var came = ContinuousClock.now
        /// Since when it is quiet.
        var last = ContinuousClock.now
    }

    private let sum = Mutex<Sum?>(nil)
    private let news = Bulletin()

    /// Nothing more for so long ends a batch.
    private static let quiet = Duration.seconds(3)
    /// A batch that goes on for longer is told of in parts.
    private static let longest = Duration.seconds(600)

    /// Files have come and are in their places.
    ///
    /// - Parameter bytes: of the mains among them.
    func add(mains: Int, copies: Int, bytes: Int64) {
        sum.withLock { sum in
            var now = sum ?? Sum()
            now.mains += mains
            now.copies += copies
            now.bytes += bytes
            (now.came, now.last) = (.now, .now)
            sum = now
        }
        news.post()
    }

    /// Writes a line at the end of each batch, until the task is cancelled; and then of what has come till then.
    ///
    /// - Parameter isBusy: whether files are being got at present: then a slow one is no end.
    func tell(_ logger: Logger, name: @Sendable () -> String, isBusy: @Sendable () async -> Bool) async {
        while !Task.isCancelled {
            let edition = news.edition
            if let end = sum.withLock({ $0.map { min($0.last + Self.quiet, $0.began + Self.longest) } }) {
                await news.wait(past: edition, until: end)
                let isOver = sum.withLock { $0.map { .now - $0.last >= Self.quiet } ?? false }
                let isLong = sum.withLock { $0.map { .now - $0.began >= Self.longest } ?? false }
                if isLong {
                    flush(logger, name())
                } else if isOver {
                    if await isBusy() { touch() } else { flush(logger, name()) }
                }
            } else {
                await news.wait(past: edition)
            }
        }
        flush(logger, name())
    }

    private func touch() { sum.withLock { $0?.last = .now } }

    private func flush(_ logger: Logger, _ name: String) {
        guard
            let sum = sum.withLock({ sum in
                defer { sum = nil }
                return sum
            })
        else { return }
        logger.info(
            "\(Self.line(mains: sum.mains, copies: sum.copies, bytes: sum.bytes, from: name, in: sum.came - sum.began))"
        )
    }

    /// `pulled 2,100 mains, 8.1 GB, from nas in 3 min`.
    static func line(mains: Int, copies: Int, bytes: Int64, from name: String, in time: Duration) -> String {
        var parts: [String] = []
        if mains > 0 { parts.append("\(LogText.count(mains, "main", "mains")), \(LogText.bytes(bytes)),") }
        if copies > 0 { parts.append(LogText.count(copies, "reduced copy", "reduced copies")) }
        return "pulled \(parts.joined(separator: " and ")) from \(name) in \(LogText.span(time))"
    }
}
