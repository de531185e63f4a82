/// Every limit of the server, in one place, each with its reason. The defaults are the protocol's; tests use smaller
/// ones.
public struct ServerLimits: Sendable {
    /// Bytes of a request's head, and of one field in it. Ours have about 150; there are no cookies and no tokens.
    public var headBytes = 8 * 1024
    /// Header fields in a request.
    public var headFields = 32
    /// Bytes of a request's body. The largest is pairing's: a certificate of at most 4 KB in base 64, and two numbers.
    public var bodyBytes = 8 * 1024

    /// Connections in all. A household has ten nodes, and a file descriptor each is cheap; the rest of the process
    /// needs descriptors too.
    public var connections = 256
    /// Connections that have not finished their handshake. One takes milliseconds on a LAN; the oldest makes room, of the
    /// address that has most of them.
    public var handshakes = 32
    /// Connections of strangers. Pairing needs one or two; the oldest makes room, of the address that has most of them, so
    /// that nobody can sit on them.
    public var strangers = 8
    /// Connections of one peer: what it may have in flight, twice, as closed ones linger.
    public var connectionsPerPeer = 32
    /// Requests of one peer that are being answered: its long poll, and one reduced copy for each of its cores.
    public var requestsPerPeer = 16

    /// From accepting a connection to the end of its handshake.
    public var handshakeTime = Duration.seconds(10)
    /// From accepting a stranger's connection to its end: five requests and two people (``Identity/Invitation`` needs
    /// one request).
    public var strangerTime = Duration.seconds(180)
    /// Between a peer's requests, a slowly sent head included. Longer than the longest poll, so that idle peers keep
    /// their connection.
    public var idleTime = Duration.seconds(90)
    /// From the end of a request's head to the end of its body.
    public var bodyTime = Duration.seconds(3)
    /// Without a peer taking anything of a body that is being sent, which holds buffers and an open file here.
    public var stallTime = Duration.seconds(60)

    /// The longest a long poll is held. Routers at home forget connections after minutes.
    public var poll = Duration.seconds(60)
    /// Records in one answer: a third of a megabyte, typically. More saves nothing, and each answer is held in memory.
    public var records = 1024
    /// Parts of a range in one answer. The descent uses 16.
    public var parts = 256
    /// Bytes of a main that are in memory at once, for each request: enough for 1 GB/s with four in flight.
    public var chunk = 256 * 1024
    /// Mains in one answer to a request for several, and bytes of them together: as many as make the cost of a request
    /// small beside that of its files. The answer is held in memory.
    public var mainsTogether = 64
    public var bytesTogether = 1 << 20
    /// What runs when the server stops may go on for this long; agents must stop within five seconds.
    public var shutdownGrace = Duration.milliseconds(500)

    /// The protocol's limits.
    public init() {}
}
