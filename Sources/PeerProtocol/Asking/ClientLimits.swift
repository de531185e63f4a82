/// Every limit that a client keeps a peer to, in one place, each with its reason. Tests use smaller ones.
public struct ClientLimits: Sendable {
    /// For reaching one address, TLS included. A machine on the LAN answers in milliseconds or not at all.
    public var connect = Duration.seconds(5)
    /// Without progress in an answer, its head included; a holder may be busy reducing a large main.
    public var stall = Duration.seconds(30)
    /// Bytes that count as progress in ``stall``: a peer that sends a byte now and then is stalled.
    public var progressBytes = 4 * 1024
    /// Without an answer from the other machine's kernel: on a LAN it is gone then.
    public var silence = Duration.seconds(20)
    /// Until the head of a hold's answer, which comes when the holder has read the whole main: 6 GB from a slow disk.
    public var hold = Duration.seconds(120)
    /// For giving a hold back, which is a courtesy: an eviction is not kept waiting for it, nor is the end of an agent.
    public var release = Duration.seconds(2)
    /// What a long poll's answer may take beyond the time that was asked for.
    public var pollGrace = Duration.seconds(15)
    /// The longest poll that is asked for; the server's limit.
    public var poll = Duration.seconds(60)
    /// Bytes of a small answer: a summary, 256 digests, an error.
    public var answerBytes = 32 * 1024
    /// Records in one page.
    public var records = 1024
    /// Bytes of one page, refused lines included.
    public var pageBytes = 16 * 1024 * 1024
    /// Records in one walk. A household has a hundred thousand; a peer that claims a billion is lying.
    public var walk = 10_000_000
    /// Bytes of a main that are collected before they go to the disk: enough that going there costs nothing, few enough
    /// to stay in a core's cache.
    public var piece = 256 * 1024
    /// Mains that are asked for in one request, and bytes of them together; the answer is held in memory.
    public var mainsTogether = 64
    public var bytesTogether: Int64 = 1 << 20
    /// The longest Retry-After that is believed.
    public var retryAfter = Duration.seconds(600)
    /// Connections to one address at once: one reduced copy for each core and the small requests.
    public var connections = 12

    /// The protocol's limits.
    public init() {}
}
