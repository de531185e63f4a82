import Glibc

/// Standard error, written to directly: a line is there when the call returns.
enum StandardError {
    /// Writes all of `text`; of no use to complain where that fails.
    static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }
}
