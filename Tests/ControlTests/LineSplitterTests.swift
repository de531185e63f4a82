import Testing

@testable import Control

@Suite("Chunks are cut into lines")
struct LineSplitterTests {
    @Test(
        "however the chunks fall",
        arguments: [
            ["a\nbc\n"], ["a", "\n", "b", "c\n"], ["a\n", "bc", "\n"], ["\na\n\nbc\n\n"], ["a\nb", "c\nleft over"],
        ])
    func lines(chunks: [String]) {
        var splitter = LineSplitter()
        let lines = chunks.flatMap { splitter.add($0.utf8) }.map { String(decoding: $0, as: UTF8.self) }
        #expect(lines == ["a", "bc"])
    }
}
