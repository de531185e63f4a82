/// What keeps a decoder from doing anything but decoding.
public struct DecoderWalls: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Nothing that it starts can have more rights than it has (`PR_SET_NO_NEW_PRIVS`).
    public static let noNewPrivileges = DecoderWalls(rawValue: 1)
    /// It has no descriptor but its connection to the agent.
    public static let descriptors = DecoderWalls(rawValue: 2)
    /// Memory, processor time, open files and the size of files are bounded.
    public static let resources = DecoderWalls(rawValue: 4)
    /// It can make only the system calls that decoding takes (seccomp).
    public static let systemCalls = DecoderWalls(rawValue: 8)
    /// It can reach no file by its name (Landlock). Only some kernels have this.
    public static let files = DecoderWalls(rawValue: 16)

    /// Without any of these nothing is decoded.
    public static let needed: DecoderWalls = [.noNewPrivileges, .descriptors, .resources, .systemCalls]

    private static let names: [(DecoderWalls, String)] = [
        (.noNewPrivileges, "no new privileges"), (.descriptors, "closed descriptors"), (.resources, "resource limits"),
        (.systemCalls, "the system call filter"), (.files, "Landlock"),
    ]

    /// What people call them.
    public var words: [String] { Self.names.filter { contains($0.0) }.map(\.1) }
}
