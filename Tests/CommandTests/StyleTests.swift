import Foundation
import Glibc
import TestSupport
import Testing

@testable import Console

@Suite("Colour and bars on a terminal only")
struct StyleTests {
    @Test("a file has neither, and 80 columns")
    func file() throws {
        let scratch = try CommandScratch()
        let descriptor = open(scratch("out"), O_RDWR | O_CREAT, 0o600)
        defer { close(descriptor) }
        let style = Style(of: descriptor, environment: ["TERM": "xterm"])
        #expect(!style.isTerminal)
        #expect(!style.hasColour)
        #expect(style.width == 80)
    }

    @Test(
        "a terminal tells its size; NO_COLOR and a dumb one have no colour",
        arguments: [
            (["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": "1"], false),
            (["TERM": "xterm", "NO_COLOR": ""], true),
            (["TERM": "dumb"], false),
        ])
    func terminal(environment: [String: String], hasColour: Bool) throws {
        var (master, slave): (Int32, Int32) = (-1, -1)
        var size = winsize(ws_row: 30, ws_col: 101, ws_xpixel: 0, ws_ypixel: 0)
        try #require(openpty(&master, &slave, nil, nil, &size) == 0)
        defer {
            close(master)
            close(slave)
        }
        let style = Style(of: slave, environment: environment)
        #expect(style.isTerminal)
        #expect(style.hasColour == hasColour)
        #expect(style.width == 101)
        #expect(style.height == 30)
        #expect(style.paint("x", .bad) == (hasColour ? "\u{1B}[31mx\u{1B}[0m" : "x"))
    }
}
