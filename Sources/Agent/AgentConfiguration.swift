public import Model

/// All that a person can tell a node: where its things lie, what it keeps, how it is reached.
public struct AgentConfiguration: Sendable {
    /// The person's folder of images, an absolute path.
    public var library: String
    /// The folder of the identity and the catalogue, an absolute path.
    public var state: String
    /// The node's name as people see it.
    public var name: String
    /// Addresses to listen on for peers, tried in this order until one can be bound; `[::]` also takes IPv4.
    public var listenHosts: [String]
    /// TCP port for peers; 0 takes a free one.
    public var port: Int
    /// Path of the control socket.
    public var controlSocket: String
    /// What to keep.
    public var policy: Policy
    /// Whether to announce this node and look for others by DNS-SD.
    public var discovers: Bool
    /// Peers' addresses given by hand, `HOST:PORT`, tried besides those that were discovered.
    public var addresses: [String]
    /// The program that decodes what this one does not, an absolute path; nil where it is not installed.
    public var decoder: String?
    /// Where these come from; nil for a node whose settings nobody changes while it runs.
    public var source: (any SettingsSource)?

    public init(
        library: String, state: String, name: String, listenHosts: [String], port: Int, controlSocket: String,
        policy: Policy, discovers: Bool, addresses: [String] = [],
        decoder: String? = nil
    ) {
        self.library = library
        self.state = state
        self.name = name
        self.listenHosts = listenHosts
        self.port = port
        self.controlSocket = controlSocket
        self.policy = policy
        self.discovers = discovers
        self.addresses = addresses
        self.decoder = decoder
    }
}
