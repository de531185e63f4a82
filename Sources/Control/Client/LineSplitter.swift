/// Cuts a stream of chunks into lines.
struct LineSplitter {
    private var rest = [UInt8]()

    /// The lines that `chunk` completes, without their ends; empty ones left out.
    mutating func add(_ chunk: some Collection<UInt8>) -> [[UInt8]] {
        var lines = [[UInt8]]()
        var pieces = chunk.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        let last = pieces.popLast()
        for piece in pieces {
            let line = rest + piece
            rest.removeAll()
            if !line.isEmpty { lines.append(line) }
        }
        if let last { rest += last }
        return lines
    }
}
