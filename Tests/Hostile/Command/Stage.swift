import Crypto
import HostilePeer
import Identity
import Imaging
import Model
import PeerProtocol

/// What a play has: itself, its own server, and the node that it was paired with.
struct Stage: Sendable {
    let identity: NodeIdentity
    let liar: Liar
    let desk: PairingDesk
    let invitation: Invitation
    let peer: PairedPeer
    let victim: PeerClient
    let count: Int?
    let cues = Cues()

    /// Pairs by the invitation.
    init(
        identity: NodeIdentity, liar: Liar, desk: PairingDesk, port: Int, invitation: Invitation, count: Int?
    ) async throws {
        (self.identity, self.liar, self.desk, self.invitation) = (identity, liar, desk, invitation)
        self.count = count
        peer = try await desk.join(invitation)
        victim = try PeerClient(
            peer: peer.certificate, addresses: peer.addresses, identity: identity, servedAt: port,
            logger: LyingPeer.logger)
    }

    /// Tells what happened, and how often what did so far.
    func tell(_ event: String, _ counts: [String: Int] = [:], outcomes: [String: String] = [:]) throws {
        try Told(event: event, counts: liar.now.counts.merging(counts) { $1 }, outcomes: outcomes).say()
    }

    /// What the node says of its mains.
    func mains() async throws -> [FileInfo] {
        var mains: [FileInfo] = []
        for try await record in victim.records(in: .all) {
            if let info = try? record.content.get().info, info.form == .main { mains.append(info) }
        }
        return mains
    }

    /// All bytes of a main of the node.
    func main(_ info: FileInfo) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await victim.main(of: info.image, from: 0, size: info.bytes) { bytes += $0 }
        return bytes
    }

    /// What came of a request: `good`, or the error's code.
    func outcome(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "good"
        } catch let error as PeerError {
            return error.code.rawValue
        } catch let error as PairingError {
            return error.code.rawValue
        } catch {
            return "\(error)"
        }
    }
}

/// A small photo of the liar's own.
struct Picture {
    let bytes: [UInt8]
    let image: ImageID

    /// Different ones for different numbers, and others than `syncd make-photos` makes.
    init(_ number: Int) throws {
        self.init(try SamplePhoto(seed: 0xBAD_0000 + UInt64(number), width: 320, height: 240).jpeg())
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard let hash = Bytes32(Array(SHA256.hash(data: bytes))) else { preconditionFailure("a hash has 32 bytes") }
        image = ImageID(hash)
    }

    /// A main of it at a path.
    func info(at path: RelativePath, replaces: [ImageID] = [], edition: Int64? = nil) -> FileInfo {
        FileInfo(
            path: path, image: image, form: .main, bytes: Int64(bytes.count), mainBytes: Int64(bytes.count),
            type: .jpeg, replaces: replaces, edition: edition)
    }
}

extension LyingPeer {
    /// Publishes a record under the next number, and has the main where it is given.
    mutating func publish(_ info: FileInfo, _ picture: Picture? = nil) {
        lines.append(Record(sequence: Int64(lines.count) + 1, info: info).line)
        if let picture { mains[picture.image] = picture.bytes }
    }

    /// Takes all records off that it has published.
    mutating func withdraw() { gone = Set(1..<(lines.count + 1)) }
}
