import Foundation
import Glibc
import Model
import TestSupport
import Testing

@testable import Disk

/// What a file system or a peer says of times may be anything: no arithmetic on it may overflow.
@Suite("Times of any sign and size")
struct OddTimesTests {
    private static let ends: [Int64] = [
        .min, .min + 1, -9_223_372_036_800_000_000, -1_000_000_001, -1, 0, 1, 999_999_999, 9_223_372_036_800_000_000,
        .max - 1, .max,
    ]

    private static func time(_ dice: inout SeededGenerator) -> Int64 {
        switch Int.random(in: 0..<3, using: &dice) {
        case 0: ends.randomElement(using: &dice) ?? 0
        case 1: Int64.random(in: .min ... .max, using: &dice)
        default: Int64.random(in: 1_700_000_000_000_000_000...1_800_000_000_000_000_000, using: &dice)
        }
    }

    @Test("tell what has settled, and when to look again", arguments: [1, 2, 3, 4] as [UInt64])
    func settling(seed: UInt64) throws {
        var dice = SeededGenerator(seed: seed)
        let path = try RelativePath("a.jpg")
        for _ in 0..<2000 {
            let identity = FileIdentity(bytes: Self.time(&dice), mtime: Self.time(&dice), inode: 1, device: 1)
            let file = FoundFile(path: path, identity: identity, ctime: Self.time(&dice))
            let now = Self.time(&dice)
            let before = UnsettledFile(file: file, since: Self.time(&dice), lookAgain: Self.time(&dice))
            let rule = SettlingRule(
                time: .nanoseconds(max(0, Self.time(&dice))), earlier: Bool.random(using: &dice) ? [before] : [])
            if let waiting = rule.waiting(file, now: now) {
                #expect(waiting.since <= now && waiting.lookAgain > now || waiting.lookAgain == .max)
                #expect(waiting.wait(at: now) >= .zero)
            }
            #expect(before.wait(at: now) >= .zero)
        }
    }

    @Test("travel in a record and lie in the catalogue as they are", arguments: [1, 2, 3, 4] as [UInt64])
    func attributes(seed: UInt64) throws {
        var dice = SeededGenerator(seed: seed)
        func attributes() throws -> FileAttributes {
            let nanoseconds = try #require([0, 1, 500_000_000, 999_999_999].randomElement(using: &dice))
            return try #require(
                FileAttributes(
                    seconds: Self.time(&dice), nanoseconds: Int32(nanoseconds),
                    mode: UInt16.random(in: 0...0o777, using: &dice),
                    changes: [0, 1, FileAttributes.mostChanges].randomElement(using: &dice) ?? 0))
        }
        for _ in 0..<500 {
            let (one, other, third) = (try attributes(), try attributes(), try attributes())
            #expect(FileAttributes(bytes: Data(one.bytes)) == one)
            #expect(one.joined(with: other).changes == max(one.changes, other.changes))
            let changed = one.changed(from: other, to: third)
            #expect(
                changed.seconds
                    == (third.seconds == other.seconds && third.nanoseconds == other.nanoseconds
                        ? one.seconds : third.seconds))
            #expect(one.latest(of: [other, third]).changes <= FileAttributes.mostChanges)
            let info = FileInfo(
                path: try RelativePath("a.jpg"), image: ImageID(of: [1]), form: .main, bytes: 1, mainBytes: 1,
                type: .jpeg,
                attributes: one)
            let record = Record(sequence: 1, info: info)
            #expect(try Record(line: record.line) == record)
        }
    }

    @Test("are read from the file system, and set as near as it can", arguments: ends)
    func disk(time: Int64) async throws {
        try await withTemporaryFolder { folder in
            let calls = LinuxCalls()
            let file = try calls.open(
                nil, folder.appending(path: "a").path, flags: O_RDWR | O_CREAT, mode: 0o600)
            defer { calls.close(file) }
            try calls.setModified(file, to: time)
            let status = try calls.status(file)
            // File systems keep the nearest that they can: ext4 from 1901 to 2446, XFS to 2486.
            if (-2_000_000_000_000_000_000...9_000_000_000_000_000_000).contains(time) {
                #expect(status.identity.mtime == time)
            }
            let shown = try #require(calls.attributes(file))
            let (nanoseconds, overflow) = shown.seconds.multipliedReportingOverflow(by: 1_000_000_000)
            if !overflow { #expect(abs(status.identity.mtime / 2 - nanoseconds / 2) <= 500_000_000) }
            let odd = try #require(FileAttributes(seconds: time, nanoseconds: 999_999_999, mode: 0o600))
            calls.setAttributes(file, odd, insteadOf: shown)
            #expect(calls.attributes(file) != nil)
        }
    }
}
