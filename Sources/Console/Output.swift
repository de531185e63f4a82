import Control
import Glibc

/// Where results go: standard output, one write at a time, and standard error for everything that is no result.
struct Output: Sendable {
    /// Nobody reads standard output any more (EPIPE).
    struct ReaderGone: Error {}

    /// Whether results are JSON.
    var isJSON: Bool
    /// How text is to look.
    var style: Style
    private let descriptor: Int32

    /// For the terminal, or the file or pipe, that standard output is.
    init(isJSON: Bool = false) { self.init(isJSON: isJSON, descriptor: STDOUT_FILENO) }

    private init(isJSON: Bool, descriptor: Int32) {
        self.isJSON = isJSON
        self.descriptor = descriptor
        style = Style(of: descriptor, environment: Environment.current)
    }

    /// Standard error, for what is no result: progress beside a result that is itself written to standard output.
    static var errors: Output { Output(isJSON: false, descriptor: STDERR_FILENO) }

    /// Writes a result as text.
    func text(_ text: String) throws { try Self.write(Array(text.utf8), to: descriptor) }

    /// Writes one message of several: an object on a line.
    func line(_ message: some Encodable) throws {
        try Self.write(ControlJSON.line(message) + [UInt8(ascii: "\n")], to: descriptor)
    }

    /// Writes one message of several without taking the waiting line away first, for that line itself.
    func bare(_ message: some Encodable) throws {
        try Self.writeBare(ControlJSON.line(message) + [UInt8(ascii: "\n")], to: descriptor)
    }

    /// Writes to standard error as it is.
    @Sendable
    static func raw(_ text: String) { try? writeBare(Array(text.utf8), to: STDERR_FILENO) }

    /// Writes the only message: indented for a person, on one line for a program.
    func object(_ message: some Encodable) throws {
        let bytes = style.isTerminal ? try ControlJSON.indented(message) : try ControlJSON.line(message)
        try Self.write(bytes + [UInt8(ascii: "\n")], to: descriptor)
    }

    /// Writes a line to standard error. Of no use to complain where that fails.
    static func note(_ text: String) { try? write(Array((text + "\n").utf8), to: STDERR_FILENO) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        try WaitingLine.shared.aside { try writeBare(bytes, to: descriptor) }
    }

    private static func writeBare(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                throw ReaderGone()
            } else if errno != EINTR, errno != EAGAIN {
                throw ControlFailure(.failed, "The output cannot be written: \(String(cString: strerror(errno))).")
            }
        }
    }
}
