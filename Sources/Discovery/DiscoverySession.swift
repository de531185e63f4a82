import Glibc
import Model

/// One connection's life with Avahi: announces, browses, asks on, until it is stopped or Avahi goes away.
///
/// Not Sendable, and so made and run within one call on one thread.
final class DiscoverySession {
    /// What is announced.
    struct Announced: Sendable {
        var id: NodeID
        var name: String
        var port: Int
        /// What it was announced as before: for a moment such a service is still seen, and is no copy.
        var earlier: Set<String> = []
    }

    /// What the session has to tell while it runs.
    enum Report: Sendable {
        /// This node is announced, under that name.
        case available(name: String)
        /// The whole list, after it changed.
        case nodes([NodeID: NearbyNode])
        /// The services that announce this node's id and are not its own, after they changed.
        case copies([String])
        /// Something was refused.
        case warning(String)
    }

    private enum Purpose: Hashable {
        case registration, browsing
        case resolution(Sightings.Key)
        case addresses(Sightings.Key)

        var key: Sightings.Key? {
            switch self {
            case .registration, .browsing: nil
            case .resolution(let key), .addresses(let key): key
            }
        }
    }

    private final class Channel {
        let purpose: Purpose
        let reference: ServiceReference
        var isOpen = true

        init(_ purpose: Purpose, _ reference: consuming ServiceReference) {
            self.purpose = purpose
            self.reference = reference
        }
    }

    private let announced: Announced
    private let stop: StopSignal
    private let report: (Report) -> Void
    private let clock = ContinuousClock()

    private var sightings: Sightings
    private var listed: [NodeID: NearbyNode] = [:]
    /// What this node is announced as; nil as long as it is not.
    private var ownName: String?
    private var copies: [String] = []
    private var channels: [Channel] = []
    /// What failed for one service, and when to try that again.
    private var retries: [Purpose: ContinuousClock.Instant] = [:]
    private var backoffs: [Sightings.Key: Backoff] = [:]

    init(_ announced: Announced, stop: StopSignal, report: @escaping (Report) -> Void) {
        self.announced = announced
        self.stop = stop
        self.report = report
        sightings = Sightings(own: announced.id)
    }

    /// Returns when `stop` was raised; throws when Avahi is not there, or goes. Everything announced is taken back.
    func run() throws(DiscoveryError) {
        channels.append(Channel(.registration, try register()))
        channels.append(Channel(.browsing, try ServiceReference.browsing()))
        while let ready = try waitForReplies() {
            for channel in ready where channel.isOpen {
                for reply in channel.reference.replies() { try take(reply, for: channel) }
            }
            try retryWhatIsDue()
            perform(sightings.admit())
            let nodes = sightings.nodes(interfaceName: Self.interfaceName)
            if nodes != listed {
                listed = nodes
                report(.nodes(nodes))
            }
            let copies = ownName.map { sightings.copies(besides: $0, announced.earlier) } ?? []
            if copies != self.copies {
                self.copies = copies
                report(.copies(copies))
            }
        }
    }

    /// Another service of this machine may have the name; only one of another machine is renamed by Avahi itself.
    private func register() throws(DiscoveryError) -> ServiceReference {
        let record = Announcement(id: announced.id).record
        for attempt in 1..<9 {
            do {
                let name = ServiceName.fitted(announced.name, attempt: attempt)
                return try ServiceReference.registration(name: name, port: announced.port, record: record)
            } catch  where error.cause == ServiceReference.nameConflict {
                continue
            }
        }
        let name = ServiceName.fitted(announced.name, attempt: 9)
        return try ServiceReference.registration(name: name, port: announced.port, record: record)
    }

    /// The channels that have something to say, none of them when a retry is due; nil when it is time to stop.
    private func waitForReplies() throws(DiscoveryError) -> [Channel]? {
        let asked = channels
        var descriptors = [pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0)]
        descriptors += asked.map { pollfd(fd: $0.reference.descriptor, events: Int16(POLLIN), revents: 0) }
        let milliseconds = retries.values.min().map { due in
            // Rounded up, so as not to wake a moment too early and turn in circles.
            Int32(clamping: Int64(max(0, (due - clock.now) / .milliseconds(1))) + 1)
        }
        guard poll(&descriptors, nfds_t(descriptors.count), milliseconds ?? -1) >= 0 else {
            if errno == EINTR { return [] }
            throw .system("poll", errno)
        }
        guard descriptors[0].revents == 0 else { return nil }
        return zip(asked, descriptors.dropFirst()).filter { $1.revents != 0 }.map { $0.0 }
    }

    private func take(_ reply: ServiceReference.Reply, for channel: Channel) throws(DiscoveryError) {
        switch (reply, channel.purpose) {
        case (.registered(let name), _):
            ownName = name
            report(.available(name: name))
        case (.appeared(let key), _): perform(sightings.appeared(key))
        case (.disappeared(let key), _): perform(sightings.disappeared(key))
        case (.resolved(let host, let port, let record), .resolution(let key)):
            backoffs[key] = nil
            perform(sightings.resolved(key, host: host, port: port, record: record))
        case (.address(let bytes, let isAdded), .addresses(let key)):
            guard channel.isOpen, let address = NumericAddress(bytes) else { return }
            sightings.addressed(key, address, isAdded: isAdded)
        case (.failed(let error), .registration): throw .service(error, doing: "announce this node")
        case (.failed(let error), .browsing): throw .service(error, doing: "look for nodes")
        case (.failed, .resolution(let key)):
            close(channel)
            let actions = sightings.unanswered(key)
            if actions.isEmpty { retryLater(channel.purpose) } else { perform(actions) }
        case (.failed, .addresses):
            close(channel)
            retryLater(channel.purpose)
        case (.resolved, _), (.address, _): preconditionFailure("a reply of one kind of request came to another")
        }
    }

    private func perform(_ actions: [Sightings.Action]) {
        for action in actions {
            switch action {
            case .resolve(let key): open(.resolution(key)) { () throws(DiscoveryError) in try .resolution(of: key) }
            case .lookUp(let key, let host):
                for channel in channels where channel.purpose == .addresses(key) { close(channel) }
                for family in ServiceReference.Family.allCases {
                    open(.addresses(key)) { () throws(DiscoveryError) in
                        try .addresses(of: host, family: family, interface: key.interface)
                    }
                }
            case .forget(let key):
                for channel in channels where channel.purpose.key == key { close(channel) }
                retries = retries.filter { $0.key.key != key }
                backoffs[key] = nil
            case .warn(let text): report(.warning(text))
            }
        }
    }

    private func open(_ purpose: Purpose, _ make: () throws(DiscoveryError) -> ServiceReference) {
        do { channels.append(Channel(purpose, try make())) } catch { retryLater(purpose) }
    }

    private func close(_ channel: Channel) {
        channel.isOpen = false
        channels.removeAll { $0 === channel }
    }

    /// Not at once: where Avahi itself is gone, every request fails, and one of the two that end the session is next.
    private func retryLater(_ purpose: Purpose) {
        guard let key = purpose.key else { return }
        let wait = backoffs[key, default: Backoff(first: .seconds(1), longest: .seconds(60))].failed()
        retries[purpose] = clock.now + wait
    }

    private func retryWhatIsDue() throws(DiscoveryError) {
        let now = clock.now
        for purpose in retries.filter({ $0.value <= now }).keys {
            retries[purpose] = nil
            switch purpose {
            case .registration, .browsing: break
            case .resolution(let key): perform([.resolve(key)])
            case .addresses(let key):
                // With one family still being answered there is an address, or there will be one.
                guard !channels.contains(where: { $0.purpose == purpose }), let host = sightings.host(of: key) else {
                    continue
                }
                for address in SystemResolver.addresses(of: host) {
                    sightings.addressed(key, address, isAdded: true)
                }
            }
        }
    }

    private static func interfaceName(_ index: UInt32) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        guard if_indextoname(index, &buffer) != nil else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
