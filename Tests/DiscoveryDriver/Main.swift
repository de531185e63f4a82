import Discovery
import Dispatch
import Foundation
import Logging
import Model

/// Announces a node and prints what happens to its list of nodes nearby, one line an event, until SIGTERM: what the
/// tests run on hosts of their own, where a test cannot go itself.
///
/// Arguments: the byte that fills the node id, a name, a port.
@main
struct Main {
    static func main() async {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let byte = UInt8(arguments[1]), let port = Int(arguments[3]),
            let bytes = Bytes32([UInt8](repeating: byte, count: 32))
        else {
            print("usage: DiscoveryDriver BYTE NAME PORT")
            exit(64)
        }
        LoggingSystem.bootstrap(StreamLogHandler.standardError(label:))
        let nearby = NearbyNodes(
            id: NodeID(bytes), name: arguments[2], port: port, logger: Logger(label: "discovery"))

        signal(SIGTERM, SIG_IGN)
        let (terminations, termination) = AsyncStream<Void>.makeStream()
        let source = DispatchSource.makeSignalSource(signal: SIGTERM)
        source.setEventHandler { @Sendable in termination.yield() }
        source.activate()

        let events = nearby.events()
        await withTaskGroup { group in
            group.addTask { await nearby.run() }
            group.addTask {
                for await event in events { say(line(event)) }
            }
            for await _ in terminations { break }
            group.cancelAll()
        }
        say("ended")
    }

    /// At once, also into a pipe.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    private static func line(_ event: DiscoveryEvent) -> String {
        switch event {
        case .found(let node): "found \(line(node))"
        case .changed(let node): "changed \(line(node))"
        case .lost(let id): "lost \(id.bytes.bytes[0])"
        case .copied(let copies): "copied \(copies.joined(separator: ", "))"
        }
    }

    private static func line(_ node: NearbyNode) -> String {
        let addresses = node.addresses.map(\.description).joined(separator: ",")
        return "\(node.id.bytes.bytes[0]) '\(node.name)' \(addresses) via \(node.interfaces.joined(separator: ","))"
    }
}
