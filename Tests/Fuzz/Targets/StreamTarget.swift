import NIOCore

@testable import Model
@testable import PeerProtocol

/// The body of a page of records, as it comes in pieces; of the first byte, the lowest bit says whether it is deflated.
@Sendable func readLines(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let body = Array(bytes.dropFirst())
    let size = Int(first >> 1) + 1
    guard first & 1 == 1 else { return compare(body, size) }

    // What a page may have at most stops a body that grows without end.
    struct TooLarge: Error {}
    let decoder = Deflate.Decoder()
    var decoded: [UInt8] = []
    do {
        for piece in pieces(of: body, size) {
            try decoder.take(Array(piece)) { part in
                decoded += part
                if decoded.count > 1 << 20 { throw TooLarge() }
            }
        }
    } catch { return }
    if decoder.isAtEnd, let coded = Deflate.encode(decoded) {
        var again: [UInt8] = []
        try? Deflate.Decoder().take(coded) { again += $0 }
        must(again == decoded, "a body was inflated to another")
    }
    compare(decoded, size)
}

/// Lines are the same, however the network cuts the body.
private func compare(_ body: [UInt8], _ size: Int) {
    func lines(_ parts: [ArraySlice<UInt8>]) -> [LineSplitter.Line] {
        var splitter = LineSplitter()
        var lines: [LineSplitter.Line] = []
        for part in parts { splitter.take(part) { lines.append($0) } }
        if let last = splitter.finish() { lines.append(last) }
        return lines
    }
    let whole = lines([body[...]])
    must(lines(pieces(of: body, size)) == whole, "the cutting of a body changes its lines")
    let plain = body.split(separator: UInt8(ascii: "\n"))
    must(plain.count == whole.count, "a body has another number of lines")
    for (line, bytes) in zip(whole, plain) {
        switch line {
        case .whole(let text): must(text.elementsEqual(bytes), "a line is another")
        case .tooLong(let fingerprint, _):
            must(bytes.count > Record.longestLine, "a line is called too long")
            must(fingerprint == Fingerprint(line: bytes), "a long line has another fingerprint")
        }
    }
    for line in whole.prefix(8) { _ = ReceivedRecord(line) }
}

/// Several mains in one answer. The first byte says in what pieces they come, the next three the sizes that are expected.
@Sendable func readMains(_ bytes: [UInt8]) {
    guard bytes.count > 4 else { return }
    let sizes = bytes[1...3].map { Int64($0) }
    func read(_ parts: [ArraySlice<UInt8>]) -> [[UInt8]?]? {
        var reader = SeveralMains.Reader(sizes: sizes)
        do {
            for part in parts { try reader.take(ByteBuffer(bytes: part)) }
        } catch { return nil }
        return reader.isOver ? reader.mains.map { $0.map { Array($0) } } : nil
    }
    let body = Array(bytes.dropFirst(4))
    let mains = read([body[...]])
    must(read(pieces(of: body, Int(bytes[0] % 32) + 1)) == mains, "the cutting of an answer changes its mains")
    guard let mains else { return }
    for (main, size) in zip(mains, sizes) { must(main.map { $0.count == size } ?? true, "a main has another size") }
    let answer = Array(SeveralMains.answer(mains, upTo: 1 << 20).readableBytesView)
    must(read([answer[...]]) == mains, "mains were read back as others")
}
