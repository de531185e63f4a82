import CDNSSD

/// The one owner of a `DNSServiceRef`, and the only place that touches `dns_sd.h`.
///
/// Made, asked and given up on one and the same thread: Avahi's library lets only one use a reference at a time. Its
/// descriptor becomes readable when ``replies()`` has something to say; callbacks run inside that call and nowhere
/// else, so a mailbox of plain values is all that they touch.
struct ServiceReference: ~Copyable {
    /// What a callback said.
    enum Reply: Hashable, Sendable {
        /// This node is announced under that name.
        case registered(name: String)
        /// A service was found.
        case appeared(Sightings.Key)
        /// A service went.
        case disappeared(Sightings.Key)
        /// A service is at that host and port, and says that in its TXT record.
        case resolved(host: String, port: Int, record: [UInt8])
        /// The content of an A or AAAA record that came or went.
        case address([UInt8], isAdded: Bool)
        /// The request ended in an error, or the daemon went away.
        case failed(Int32)
    }

    /// What the library says of an absent daemon, a lost connection and a time-out alike.
    static let unknownError = Int32(kDNSServiceErr_Unknown)
    /// The name is taken by another service of this very machine.
    static let nameConflict = Int32(kDNSServiceErr_NameConflict)

    private static let serviceType = "_mainstay._tcp"

    private static let prepared: Void = dnssd_prepare()

    private final class Mailbox {
        var replies: [Reply] = []

        static func of(_ context: UnsafeMutableRawPointer?) -> Mailbox? {
            context.map { Unmanaged<Mailbox>.fromOpaque($0).takeUnretainedValue() }
        }
    }

    private let handle: DNSServiceRef
    // Outlives the handle, whose callbacks point to it: a struct's properties go after its deinit has run.
    private let mailbox: Mailbox

    private init(
        doing action: String,
        _ call: (UnsafeMutablePointer<DNSServiceRef?>, UnsafeMutableRawPointer) -> DNSServiceErrorType
    ) throws(DiscoveryError) {
        Self.prepared
        let mailbox = Mailbox()
        var made: DNSServiceRef?
        let error = call(&made, Unmanaged.passUnretained(mailbox).toOpaque())
        guard error == Int32(kDNSServiceErr_NoError), let made else { throw .service(error, doing: action) }
        handle = made
        self.mailbox = mailbox
    }

    deinit { DNSServiceRefDeallocate(handle) }

    /// Readable when there are ``replies()``.
    var descriptor: Int32 { DNSServiceRefSockFD(handle) }

    /// What was said since the last call. Does not block when the descriptor is readable.
    func replies() -> [Reply] {
        let error = DNSServiceProcessResult(handle)
        defer { mailbox.replies = [] }
        return error == Int32(kDNSServiceErr_NoError) ? mailbox.replies : mailbox.replies + [.failed(error)]
    }

    /// Announces a service of this machine on all interfaces, until the reference is given up.
    static func registration(name: String, port: Int, record: [UInt8]) throws(DiscoveryError) -> ServiceReference {
        try ServiceReference(doing: "announce this node") { reference, context in
            DNSServiceRegister(
                reference, 0, 0, name, serviceType, nil, nil, UInt16(port).bigEndian, UInt16(record.count), record,
                { _, _, error, name, _, _, context in
                    let name = name.map { String(cString: $0) } ?? ""
                    Mailbox.of(context)?.replies.append(error == 0 ? .registered(name: name) : .failed(error))
                }, context)
        }
    }

    /// Looks for services on all interfaces.
    static func browsing() throws(DiscoveryError) -> ServiceReference {
        try ServiceReference(doing: "look for nodes") { reference, context in
            DNSServiceBrowse(
                reference, 0, 0, serviceType, nil,
                { _, flags, interface, error, name, _, domain, context in
                    guard error == 0, let name, let domain else {
                        Mailbox.of(context)?.replies.append(.failed(error))
                        return
                    }
                    let key = Sightings.Key(
                        name: String(cString: name), domain: String(cString: domain), interface: interface)
                    let isAdded = flags & UInt32(kDNSServiceFlagsAdd) != 0
                    Mailbox.of(context)?.replies.append(isAdded ? .appeared(key) : .disappeared(key))
                }, context)
        }
    }

    /// Asks for a service's host, port and TXT record, and goes on to tell when they change.
    static func resolution(of key: Sightings.Key) throws(DiscoveryError) -> ServiceReference {
        try ServiceReference(doing: "resolve a service") { reference, context in
            DNSServiceResolve(
                reference, 0, key.interface, key.name, serviceType, key.domain,
                { _, _, _, error, _, host, port, length, record, context in
                    guard error == 0, let host else {
                        Mailbox.of(context)?.replies.append(.failed(error))
                        return
                    }
                    let bytes = Array(UnsafeBufferPointer(start: record, count: record == nil ? 0 : Int(length)))
                    Mailbox.of(context)?.replies.append(
                        .resolved(host: String(cString: host), port: Int(UInt16(bigEndian: port)), record: bytes))
                }, context)
        }
    }

    /// The address families that can be asked for.
    enum Family: CaseIterable {
        case ipv4, ipv6

        fileprivate var type: UInt16 { UInt16(self == .ipv4 ? kDNSServiceType_A : kDNSServiceType_AAAA) }
    }

    /// Asks for a host's addresses of one family on one interface, and goes on to tell when they change.
    static func addresses(
        of host: String, family: Family, interface: UInt32
    ) throws(DiscoveryError) -> ServiceReference {
        try ServiceReference(doing: "look up addresses") { reference, context in
            DNSServiceQueryRecord(
                reference, 0, interface, host, family.type, UInt16(kDNSServiceClass_IN),
                { _, flags, _, error, _, _, _, length, data, _, context in
                    guard error == 0 else {
                        Mailbox.of(context)?.replies.append(.failed(error))
                        return
                    }
                    let bytes = data.map { Array(UnsafeRawBufferPointer(start: $0, count: Int(length))) } ?? []
                    Mailbox.of(context)?.replies.append(
                        .address(bytes, isAdded: flags & UInt32(kDNSServiceFlagsAdd) != 0))
                }, context)
        }
    }
}
