import Foundation
import Logging
import Testing

@testable import Startup

@Suite("A line of the log")
struct LogFormatTests {
    private static let time = Date(timeIntervalSince1970: 1_795_359_845)
    private static let utc = TimeZone(secondsFromGMT: 0) ?? .current

    @Test("for a person, in local time")
    func plain() {
        let format = LogFormat.plain
        #expect(
            format.line(.warning, "it is late", ["peer": "desktop", "a": "two words"], time: Self.time, zone: Self.utc)
                == "2026-11-22 15:04:05 warning it is late a=\"two words\" peer=desktop\n")
        let tokyo = TimeZone(secondsFromGMT: 9 * 3600) ?? .current
        #expect(format.line(.info, "m", [:], time: Self.time, zone: tokyo) == "2026-11-23 00:04:05 info m\n")
    }

    @Test(
        "for the journal",
        arguments: [
            (Logger.Level.trace, 7), (.debug, 7), (.info, 6), (.notice, 5), (.warning, 4), (.error, 3), (.critical, 2),
        ])
    func journal(level: Logger.Level, priority: Int) {
        let line = LogFormat.journal.line(level, "m", ["peer": "x"], time: Self.time, zone: Self.utc)
        #expect(line == "<\(priority)>m peer=x\n")
    }

    @Test("one event is one line, whatever is in it")
    func oneLine() {
        let line = LogFormat.journal.line(
            .info, "a\nb\u{1B}[2J\u{9B}", ["k": "x\n<0>y"], time: Self.time, zone: Self.utc)
        #expect(line == "<6>a␊b␛[2J\u{FFFD} k=\"x␊<0>y\"\n")
        for mark in ["\u{202E}", "\u{2066}", "\u{200E}", "\u{FEFF}", "\u{E000}", "\u{7F}"] {
            let line = LogFormat.plain.line(.info, "m", ["peer": "a\(mark)b"], time: Self.time, zone: Self.utc)
            #expect(line.hasSuffix("info m peer=a\u{FFFD}b\n"), "\(line.debugDescription)")
        }
        let family = LogFormat.journal.line(.info, "👨‍👩‍👧", [:], time: Self.time, zone: Self.utc)
        #expect(family == "<6>👨‍👩‍👧\n")
    }

    @Test(
        "which of the two",
        arguments: [
            ([:], false, "1:2", LogFormat.plain), (["JOURNAL_STREAM": "1:2"], false, "1:2", .journal),
            (["JOURNAL_STREAM": "1:3"], false, "1:2", .plain), (["JOURNAL_STREAM": "1:2"], true, "1:2", .plain),
            (["INVOCATION_ID": "x"], false, "1:2", .journal), (["INVOCATION_ID": "x"], true, "1:2", .plain),
            (["INVOCATION_ID": "x", "JOURNAL_STREAM": "1:3"], false, "1:2", .plain),
        ])
    func choice(environment: [String: String], isTerminal: Bool, stream: String, expected: LogFormat) {
        #expect(LogFormat(environment: environment, isTerminal: isTerminal, stream: stream) == expected)
    }
}
