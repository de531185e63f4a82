import Foundation
import Glibc
import Logging

/// How a line of the log looks: for a person, or for the journal.
enum LogFormat: Sendable, Equatable {
    /// `2026-11-22 15:04:05 warning message peer=desktop`, in local time.
    case plain
    /// `<4>message peer=desktop`: the priority that journald takes off (sd-daemon(3)); it has the time itself.
    case journal

    /// The one for this process' standard error.
    static var current: LogFormat {
        var status = stat()
        let isKnown = fstat(STDERR_FILENO, &status) == 0
        return LogFormat(
            environment: ProcessInfo.processInfo.environment, isTerminal: isatty(STDERR_FILENO) == 1,
            stream: isKnown ? "\(status.st_dev):\(status.st_ino)" : nil)
    }

    /// - Parameter stream: device and inode of standard error, `8:1234`, to compare with `JOURNAL_STREAM`.
    init(environment: [String: String], isTerminal: Bool, stream: String?) {
        // Programs of a person's session inherit INVOCATION_ID from the unit that their terminal runs in.
        if isTerminal {
            self = .plain
        } else if let journal = environment["JOURNAL_STREAM"] {
            self = journal == stream ? .journal : .plain
        } else {
            self = environment["INVOCATION_ID"] == nil ? .plain : .journal
        }
    }

    /// One line, ended.
    func line(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata, time: Date, zone: TimeZone)
        -> String
    {
        let facts = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.word("\($0.value)"))" }.joined()
        let body = Self.oneLine(message + facts)
        switch self {
        case .plain: return "\(Self.stamp(time, zone)) \(level.rawValue) \(body)\n"
        case .journal: return "<\(level.priority)>\(body)\n"
        }
    }

    /// A value, quoted where its end could not be told.
    private static func word(_ text: String) -> String {
        text.isEmpty || text.contains(where: { $0.isWhitespace || $0 == "\"" })
            ? "\"" + text.replacingOccurrences(of: "\"", with: "'") + "\"" : text
    }

    /// File names and peers' words may hold anything; a line stays one, a terminal obeys none of it, and nothing in it is
    /// invisible or turns the direction of writing.
    private static func oneLine(_ text: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control where scalar.value < 0x20:
                clean.append(Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}")
            case .control, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: clean.append("\u{FFFD}")
            // U+200D joins emoji.
            case .format where scalar.value != 0x200D: clean.append("\u{FFFD}")
            default: clean.append(scalar)
            }
        }
        return String(clean)
    }

    private static func stamp(_ time: Date, _ zone: TimeZone) -> String {
        let shifted = time.addingTimeInterval(TimeInterval(zone.secondsFromGMT(for: time)))
        return String(shifted.formatted(.iso8601).prefix(19)).replacingOccurrences(of: "T", with: " ")
    }
}

extension Logger.Level {
    /// The priority of syslog(3).
    var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
