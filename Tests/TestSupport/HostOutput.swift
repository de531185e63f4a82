/// What a process wrote so far, and how it ended.
public struct HostOutput: Sendable {
    /// How a process ended.
    public enum End: Hashable, Sendable {
        /// With this exit status.
        case exited(Int32)
        /// By this signal.
        case signalled(Int32)
    }

    /// Where something was written.
    public enum Stream: Hashable, Sendable {
        /// Standard output; everything, on a terminal.
        case out
        /// Standard error.
        case err
    }

    /// Standard output, or all that a terminal was sent, byte for byte.
    public internal(set) var out: [UInt8] = []
    /// Standard error.
    public internal(set) var err: [UInt8] = []
    /// The whole lines of both, as they came, without their ends.
    public internal(set) var lines: [String] = []
    /// Nil while it runs.
    public internal(set) var end: End?
    /// Streams that may still say something.
    var open: Set<Stream> = []
    private var unfinished: [Stream: [UInt8]] = [:]

    /// True when it has ended and everything it wrote is here.
    public var isComplete: Bool { end != nil && open.isEmpty }

    mutating func add(_ bytes: some Sequence<UInt8>, to stream: Stream) {
        for byte in bytes {
            if stream == .out { out.append(byte) } else { err.append(byte) }
            if byte == UInt8(ascii: "\n") {
                finishLine(of: stream)
            } else {
                unfinished[stream, default: []].append(byte)
            }
        }
    }

    mutating func close(_ stream: Stream) {
        if unfinished[stream] != nil { finishLine(of: stream) }
        open.remove(stream)
    }

    private mutating func finishLine(of stream: Stream) {
        var line = unfinished.removeValue(forKey: stream) ?? []
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        lines.append(String(decoding: line, as: UTF8.self))
    }

    /// The last lines and the end, for an error's message.
    var story: String {
        let last = lines.suffix(25).map { "  | \($0)" }.joined(separator: "\n")
        let ending = end.map { "It ended: \($0)." } ?? "It still runs."
        return "\(ending) Its last lines:\n\(last)"
    }
}
