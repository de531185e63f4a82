import Catalogue
import Control
import Disk
import Model
import PeerProtocol
import Planning

/// Streams the full-quality picture of an image to the person at the terminal: from this disk, or from a holder's.
struct Exporter: Sendable {
    let node: NodeParts
    let connected: ConnectedPeers
    let content: Content
    let damage: Damage
    let renditions: Renditions

    private var catalogue: CatalogueDatabase { node.catalogue }

    /// What is sent.
    struct Picture: Sendable {
        /// Its main's record, here or at a holder.
        var info: FileInfo
        /// The main here.
        var own: OwnFile?
        /// Peers that hold the main, those that answer first.
        var holders: [NodeID]
    }

    /// Bytes of one piece.
    private static let piece = 1 << 20

    /// The picture that `path` stands for: the rendition of its latest edit, or the main.
    ///
    /// - Parameters:
    ///   - original: whether it is the main in any case.
    ///   - waiting: whether a rendition that a node is about to make is waited for.
    /// - Throws: `ControlFailure`.
    func picture(at path: RelativePath, original: Bool, waiting: Bool) async throws -> Picture {
        let wait = CommandWaits.Wait()
        defer { wait.turns(to: nil) }
        while true {
            try Task.checkCancellation()
            let edition = node.status.edition
            do {
                return try await picture(at: path, original: original)
            } catch let later as Later where waiting {
                wait.turns(to: later.clause)
                await node.status.wait(past: edition, until: .now + .seconds(5))
            } catch let later as Later {
                throw later.failure
            }
        }
    }

    /// The picture cannot be had now.
    private struct Later: Error {
        /// What it waits for.
        var clause: String
        var failure: ControlFailure

        init(_ clause: String, _ message: String) {
            self.clause = clause
            failure = ControlFailure(.tryAgain, message)
        }
    }

    private func picture(at path: RelativePath, original: Bool) async throws -> Picture {
        let situations = try await catalogue.situations(of: try await catalogue.images(at: path))
        guard
            let situation = situations.first(where: { !$0.own.isEmpty }) ?? situations.first(where: { $0.mains() > 0 })
                ?? situations.first
        else {
            throw ControlFailure(
                .notFound, "No image is known at '\(path)'; `syncctl ls` lists those that are, by their mains' paths.")
        }
        guard !original, let edit = try await catalogue.edits(of: situation.image).last(where: { !$0.isUndone }) else {
            return try await picture(of: situation, at: path)
        }
        if let made = edit.made, made.generation == edit.generation,
            let rendition = try await catalogue.situations(of: [made.image]).first
        {
            return try await picture(of: rendition, at: path)
        }
        let hint = "or take the picture as it was with --original."
        let step = await node.planner().run(edit, situation, own: node.id, waited: .zero)
        if step == .run, let fault = renditions.fault(of: edit) {
            throw ControlFailure(
                .failed, "The edited picture of '\(path)' could not be made here: \(fault) Mend that, \(hint)")
        }
        if let obstacle = step.obstacle(name: node.peers.name(of:)) {
            throw Later(
                "waiting for the edited picture: \(obstacle)",
                "The edited picture of '\(path)' is not made yet: \(obstacle). Try again when it is, \(hint)")
        }
        let holder = step.holder.map { node.peers.name(of: $0) } ?? "this machine"
        throw Later(
            "\(holder) makes the edited picture of \(path.name)",
            "The edited picture of '\(path)' is being made; try again in a moment, \(hint)")
    }

    private func picture(of situation: Situation, at path: RelativePath) async throws -> Picture {
        if let main = situation.main, let own = try await catalogue.ownFile(at: main.file) {
            return Picture(info: own.info, own: own, holders: [])
        }
        let claims = situation.claims.filter { $0.info.form == .main }
        guard let info = claims.first?.info else {
            throw ControlFailure(
                .failed,
                situation.isDeleted
                    ? "'\(path)' was deleted; `syncctl restore` takes that back."
                    : "No known node holds the main of '\(path)'; bring back the machine that had it.")
        }
        let holders = Set(claims.map(\.peer))
        let answering = holders.filter { connected[$0] != nil }.sorted()
        guard !answering.isEmpty else {
            let failure = away(holders, path)
            throw Later("waiting until \(names(of: holders)) can be reached", failure.message)
        }
        return Picture(info: info, own: nil, holders: answering)
    }

    private func names(of holders: Set<NodeID>) -> String {
        holders.map { node.peers.name(of: $0) }.sorted().joined(separator: " and ")
    }

    private func away(_ holders: Set<NodeID>, _ path: RelativePath) -> ControlFailure {
        ControlFailure(
            .tryAgain,
            "\(names(of: holders)) \(holders.count == 1 ? "holds" : "hold") the main of '\(path)' and "
                + "\(holders.count == 1 ? "does" : "do") not answer; try again when that machine is on.")
    }

    /// The picture on its way.
    func export(_ request: ExportRequest) async throws -> Export {
        let picture = try await picture(at: request.path, original: request.original, waiting: request.wait)
        let handover = Handover { give in try await send(picture, into: give) }
        return Export(
            head: Export.Head(
                image: picture.info.image, path: picture.info.path, bytes: picture.info.mainBytes,
                from: picture.own == nil ? picture.holders.first.map { node.peers.name(of: $0) } : nil),
            bytes: AsyncThrowingStream { try await handover.next() })
    }

    /// Sends all bytes of the picture, in order.
    ///
    /// - Throws: `ControlFailure` when they cannot all be had; what `sink` throws.
    private func send(_ picture: Picture, into sink: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
        if let own = picture.own {
            try await send(own, into: sink)
        } else {
            try await relay(picture, into: sink)
        }
    }

    private func send(_ own: OwnFile, into sink: @Sendable ([UInt8]) async throws -> Void) async throws {
        do {
            let main = try await content.main(own, for: .own(node.id))
            var offset: Int64 = 0
            while offset < own.info.bytes {
                let bytes = try await main.read(from: offset, count: Self.piece)
                guard !bytes.isEmpty else { break }
                offset += Int64(bytes.count)
                try await sink(bytes)
            }
        } catch let error as DiskError {
            await damage.suspect(own)
            throw ControlFailure(error.isRetryable ? .tryAgain : .failed, error.message)
        } catch let fault as ContentFault {
            throw ControlFailure(fault.isPassing ? .tryAgain : .failed, "\(fault)")
        }
    }

    private func relay(_ picture: Picture, into sink: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
        var sent: Int64 = 0
        var fault: PeerError?
        for holder in picture.holders {
            guard let client = connected[holder] else { continue }
            do {
                try await client.main(of: picture.info.image, from: sent, size: picture.info.mainBytes) { piece in
                    var bytes: [UInt8] = []
                    bytes.reserveCapacity(piece.count)
                    piece.forEachPart { bytes += $0 }
                    sent += Int64(bytes.count)
                    try await sink(bytes)
                }
                return
            } catch let error as PeerError {
                fault = error
            }
        }
        if let fault { throw ControlFailure(.tryAgain, fault.message(calling: node.peers.name(of: fault.peer)) + ".") }
        throw away(Set(picture.holders), picture.info.path)
    }
}

extension EditStep {
    /// The other node that runs the recipe, or is to.
    var holder: NodeID? {
        switch self {
        case .wait(let holder, _), .nothing(.elsewhere(let holder, answers: _)): holder
        default: nil
        }
    }

    /// Why the recipe is not being run by anybody, as a clause; nil when somebody does.
    ///
    /// - Parameter name: a node's name.
    func obstacle(name: (NodeID) -> String) -> String? {
        switch self {
        case .run, .wait, .nothing(.made), .nothing(.elsewhere(_, answers: true)): nil
        case .nothing(.elsewhere(let node, answers: false)): "\(name(node)) holds the main and does not answer"
        case .nothing(.undone): "the edit was undone"
        case .nothing(.deleted): "the image was deleted; `syncctl restore` takes that back"
        case .nothing(.noHolder): "no known node holds the main"
        case .nothing(.notEditableYet(let type)): "\(type.noun) is not editable"
        case .nothing(.notDecoded(let type)):
            "no machine that has the main decodes \(type.noun): install the package mainstay-decoder there"
        }
    }
}
