import Catalogue
import Control
import Disk
import Model
import Planning

/// Verifying.
extension MainsService {
    func verify(_ request: VerifyRequest) -> Answers {
        .running { answers in
            var tally = Tally(answers)
            let folder = try shelf.demand()
            let mains: [OwnFile]
            if !request.paths.isEmpty {
                mains = try await mainsNamed(request.paths, &tally)
            } else {
                if request.all { try await verifier.beginRound() }
                mains = try await verifier.due()
            }
            let reader = MainReader(library: folder, threads: HashingPool.cores, idle: false)
            try await check(mains, with: reader, &tally)
            if request.paths.isEmpty { try await verifier.endRound() }
            tally.finish()
        }
    }

    private func mainsNamed(_ paths: [RelativePath], _ tally: inout Tally) async throws -> [OwnFile] {
        var mains: [OwnFile] = []
        for path in paths {
            let here = try await catalogue.mains(at: path.description)
            if here.isEmpty {
                let isKnown = try await !catalogue.images(at: path).isEmpty
                tally.notDone(
                    ImageOutcome(
                        path: path, outcome: isKnown ? .kept : .unknown,
                        reason: isKnown ? "no main of it is here" : "no image is known there"), mayWorkLater: false)
            }
            mains += here
        }
        return mains
    }

    private func check(_ mains: [OwnFile], with reader: MainReader, _ tally: inout Tally) async throws {
        let key = node.progress.command(.verifying)
        defer { node.progress.end(key) }
        node.progress.add(key, total: mains.count, bytesTotal: mains.reduce(0) { $0 + $1.info.bytes })
        var damaged: [(own: OwnFile, name: String)] = []
        for try await (own, finding) in verifier.checked(mains, with: reader) {
            node.progress.add(key, done: 1, bytes: own.info.bytes)
            let (path, image) = (own.info.path, own.info.image)
            switch finding {
            case .right:
                tally.done(ImageOutcome(path: path, image: image, outcome: .verified, bytes: own.info.bytes))
            case .changed:
                tally.done(
                    ImageOutcome(
                        path: path, image: image, outcome: .verified, bytes: 0,
                        reason: "it was changed here, and is taken over as it is now"))
            case .gone:
                tally.notDone(
                    ImageOutcome(path: path, image: image, outcome: .failed, reason: "it is not there any more"),
                    mayWorkLater: false)
            case .damaged(let name): damaged.append((own, name))
            case .unclear(let reason):
                tally.notDone(
                    ImageOutcome(path: path, image: image, outcome: .failed, reason: reason), mayWorkLater: true)
            }
            if let line = node.progress.line(of: key) { tally.answers.yield(.progress(line)) }
        }
        for (own, name) in damaged { try await tellRepair(of: own, name, &tally) }
    }

    /// How long a repair is waited for: a large main over a slow link. It goes on all the same.
    private static let repairPatience: Duration = .seconds(60)

    private func tellRepair(of own: OwnFile, _ name: String, _ tally: inout Tally) async throws {
        let deadline = ContinuousClock.now + Self.repairPatience
        let (path, image) = (own.info.path, own.info.image)
        let item = (path: path, image: image, bytes: own.info.bytes)
        var found: (line: ImageOutcome, mayWorkLater: Bool)?
        let wait = CommandWaits.Wait()
        defer { wait.turns(to: nil) }
        while found == nil, .now < deadline {
            let edition = node.status.edition
            found = try await outcome(of: item)
            guard found == nil else { break }
            wait.turns(to: await clause(on: [item]))
            await node.status.wait(past: edition, until: min(deadline, .now + .seconds(5)))
        }
        if found?.line.outcome == .fetched {
            tally.done(
                ImageOutcome(
                    path: path, image: image, outcome: .repaired, bytes: own.info.bytes,
                    reason: "it was damaged on the disk; the bytes are those of another holder again"))
        } else {
            let why = found?.line.reason ?? "it has not come yet"
            tally.notDone(
                ImageOutcome(
                    path: path, image: image, outcome: .damaged, bytes: own.info.bytes,
                    reason: "kept as .mainstay/damaged/\(name); not repaired, because \(why)"),
                mayWorkLater: found?.mayWorkLater ?? true)
        }
    }
}
