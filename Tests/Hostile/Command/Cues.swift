import Foundation

/// What is written to the standard input, a word a line.
struct Cues: AsyncSequence, Sendable {
    typealias Element = String

    private let words: AsyncStream<String>

    /// Reads from now on; to be made once.
    init() {
        let (words, source) = AsyncStream.makeStream(of: String.self)
        self.words = words
        // readLine(3) blocks.
        Thread.detachNewThread {
            while let word = readLine() { source.yield(word) }
            source.finish()
        }
    }

    func makeAsyncIterator() -> AsyncStream<String>.Iterator { words.makeAsyncIterator() }

    /// Waits for the input's end.
    func end() async { for await _ in self {} }
}

/// A line of what the play tells.
struct Told: Encodable {
    var event: String
    var counts: [String: Int] = [:]
    var outcomes: [String: String] = [:]

    /// Writes it, at once, also into a pipe.
    func say() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var line = try encoder.encode(self)
        line.append(UInt8(ascii: "\n"))
        FileHandle.standardOutput.write(line)
    }
}
