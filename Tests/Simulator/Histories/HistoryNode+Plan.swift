import Catalogue
import Model
import Planning

/// Asks the planner about images whose facts changed, as the agent does.
extension HistoryNode {
    /// Rounds after which a machine that finds ever more to do is told to go in circles.
    private static let most = 60

    /// Plans for images whose facts changed.
    func consider(_ images: Set<ImageID>) async throws {
        var open = images
        for _ in 0..<Self.most {
            if open.isEmpty || !isRunning { return }
            var moves: [ImageID] = []
            var new: [Decision.Wish] = []
            var dropped: [ImageID] = []
            var asked = open.sorted()
            while !asked.isEmpty {
                var again: Set<ImageID> = []
                for situation in try await situations(of: asked) {
                    let decision = decide(situation)
                    if case .get(let wish) = decision {
                        new.append(wish)
                        continue
                    }
                    dropped.append(situation.image)
                    if case .move = decision {
                        moves.append(situation.image)
                    } else {
                        again.formUnion(try await carryOut(decision, situation.image))
                    }
                }
                asked = again.sorted()
            }
            // Names change before what is to be got comes to have them.
            open = moves.isEmpty ? [] : try await follow(moves)
            for wish in new { wishes[wish.info.image] = wish }
            for image in dropped { wishes[image] = nil }
        }
        throw HistoryFault("\(name) goes in circles")
    }

    /// As the catalogue tells them, one by one: of several it asks as of 256, which is slower here.
    private func situations(of images: [ImageID]) async throws -> [Situation] {
        var all: [Situation] = []
        for image in images { all += try await catalogue.situations(of: [image]) }
        return all
    }

    /// What the planner says, or what it would say with the mistake that is made.
    func decide(_ situation: Situation) -> Decision {
        let decision = planner.decide(situation)
        switch (mistake, decision) {
        case (.laterNameCounts, .move(let from, var to)):
            if let own = situation.own.first(where: { $0.file == from }), own.info.generation == to.generation {
                return .nothing(.holdsMain)
            }
            let tied = situation.claims.map(\.info).filter { $0.generation == to.generation }.map(\.path).max()
            to.path = tied ?? to.path
            return .move(from: from, to: to)
        case (.laterNameCounts, .nothing):
            guard situation.own.count == 1, let own = situation.own.first, let generation = own.info.generation,
                let later = situation.claims.map(\.info).filter({ $0.generation == generation }).map(\.path).max(),
                own.info.path < later
            else { return decision }
            var info = own.info
            info.path = later
            return .move(from: own.file, to: info)
        case (.nobodyYields, .stepAside), (.supersededStays, .retire): return .nothing(.holdsMain)
        default: return decision
        }
    }

    private func carryOut(_ decision: Decision, _ image: ImageID) async throws -> Set<ImageID> {
        switch decision {
        case .nothing, .get, .move, .trash, .putBack: []
        // Nobody has a picture at two paths: it looks so while a list has come in part, and then the agent waits.
        case .copy, .dropCopy: []
        case .adopt(let file, let info): try await adopt(info, at: file) && info.form == .main ? [image] : []
        case .dropReduced(let file): try await dropReduced(file)
        case .retire(let file): try await retire(file, for: image)
        case .stepAside(let file): try await stepAside(file)
        }
    }

    /// Plans for all that peers have and this machine has not, and for all that may have another name: after each look at
    /// the whole library.
    func considerAll() async throws {
        let edge = policy.keep == .mains ? Int.max : policy.edge
        try await consider(Set(catalogue.wanted(after: nil, edge: edge, limit: 256)))
        try await consider(Set(catalogue.reducedHere(after: nil, limit: 256)))
        try await consider(Set(catalogue.misnamed(after: nil, limit: 256)))
        try await consider(Set(catalogue.edited(after: nil, limit: 256)))
    }

    /// What it has to do still, as far as it knows; nil for nothing.
    func unfinished(_ images: [ImageID]) async throws -> String? {
        if let wish = wishes.values.min(by: { $0.info.image < $1.info.image }) {
            return "\(name) still wants \(tell(wish.info.image))"
        }
        if let held = try await catalogue.heldWords(limit: 1).first { return "words of \(held.peer) wait at \(name)" }
        if try await !catalogue.movesUnderWay().isEmpty { return "\(name) has renames under way" }
        for situation in try await situations(of: images) {
            let decision = decide(situation)
            if case .nothing = decision { continue }
            return "\(name) has yet to \(decision.what) for \(tell(situation.image)), and does not"
        }
        return nil
    }
}
