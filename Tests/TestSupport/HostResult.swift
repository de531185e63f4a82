/// What a command on a host came to.
public struct HostResult: Sendable {
    /// Its exit status; 128 and the signal's number when a signal ended it, as in a shell.
    public let status: Int32
    /// Standard output.
    public let out: String
    /// Standard error.
    public let err: String

    /// What the output of a process that has ended came to.
    public init(_ output: HostOutput) {
        switch output.end {
        case .exited(let status): self.status = status
        case .signalled(let signal): status = 128 + signal
        case nil: status = -1
        }
        out = String(decoding: output.out, as: UTF8.self)
        err = String(decoding: output.err, as: UTF8.self)
    }
}
