import Identity
import Model
import NIOCore
import NIOEmbedded
import Testing

@testable import PeerProtocol

@Suite("Who makes room when there are too many connections")
struct ConnectionsTests {
    private func channel(from address: String) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: address, port: 1)).wait()
        channel.remoteAddress = try SocketAddress(ipAddress: address, port: 1)
        return channel
    }

    @Test("a flood of handshakes from one address costs that address only, and a victim is one once")
    func handshakes() throws {
        var limits = ServerLimits()
        limits.handshakes = 4
        let connections = Connections(limits: limits)
        let honest = try channel(from: "10.0.0.2")
        #expect(connections.opened(honest))
        let flood = try (0..<20).map { _ in try channel(from: "10.0.0.66") }
        for channel in flood { #expect(connections.opened(channel)) }
        #expect(connections.count == 4)
        #expect(honest.isActive)
        #expect(flood.map(\.isActive) == (0..<20).map { $0 >= 17 })
        // Their end counts no second time.
        for channel in flood.prefix(17) { connections.closed(channel) }
        #expect(connections.count == 4)
    }

    @Test("a flood from many addresses costs nobody who comes from that of a peer, and a flood from there itself")
    func lane() throws {
        var limits = ServerLimits()
        limits.handshakes = 4
        let connections = Connections(limits: limits)
        let peer = try channel(from: "10.0.0.2")
        #expect(connections.opened(peer))
        #expect(connections.identified(peer, as: try NodeIdentity.make().certificate, trusted: true))
        let again = try channel(from: "10.0.0.2")
        #expect(connections.opened(again))
        for number in 1...40 { #expect(connections.opened(try channel(from: "10.0.1.\(number)"))) }
        #expect(again.isActive)
        let stranger = try channel(from: "10.0.0.3")
        #expect(connections.opened(stranger))
        let flood = try (0..<9).map { _ in try channel(from: "10.0.0.2") }
        for channel in flood { #expect(connections.opened(channel)) }
        #expect(stranger.isActive)
        #expect(peer.isActive)
        #expect(flood.count(where: \.isActive) < limits.handshakes)
    }

    @Test("strangers that are at nothing make room for the next one, a peer never does")
    func strangers() throws {
        var limits = ServerLimits()
        (limits.strangers, limits.connections) = (3, 6)
        let connections = Connections(limits: limits)
        func stranger(_ address: String) throws -> EmbeddedChannel {
            let channel = try channel(from: address)
            #expect(connections.opened(channel))
            let identity = try NodeIdentity.make()
            #expect(connections.identified(channel, as: identity.certificate, trusted: false))
            return channel
        }
        let peer = try channel(from: "10.0.0.66")
        #expect(connections.opened(peer))
        #expect(connections.identified(peer, as: try NodeIdentity.make().certificate, trusted: true))
        let honest = try stranger("10.0.0.2")
        let flood = try (0..<10).map { _ in try stranger("10.0.0.66") }
        #expect(honest.isActive && peer.isActive)
        #expect(flood.count(where: \.isActive) == 2)
        // Where all places are taken, it is theirs that is given to the next.
        let next = try (0..<3).map { _ in try channel(from: "10.0.0.3") }
        for channel in next { #expect(connections.opened(channel)) }
        #expect(peer.isActive && honest.isActive && next.allSatisfy(\.isActive))
        #expect(connections.count <= limits.connections)
    }
}
