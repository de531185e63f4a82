public import Model
public import Planning

/// An own file on its way to another name.
public struct NameStep: Sendable, Hashable {
    public var own: OwnFile
    /// What the record is to say.
    public var info: FileInfo
    /// The name that it is to have; `info` has another one where that is taken.
    public var wanted: RelativePath
    /// The node whose name it follows.
    public var peer: NodeID?

    public init(own: OwnFile, info: FileInfo, wanted: RelativePath, peer: NodeID? = nil) {
        self.own = own
        self.info = info
        self.wanted = wanted
        self.peer = peer
    }

    /// The record of what has become of it.
    ///
    /// - Parameter stamp: what tells the file from now on, where it was renamed.
    public func record(at file: RelativePath, _ stamp: FileStamp? = nil) -> OwnRename {
        var info = info
        if file != info.file {
            info.path = info.form == .main ? file : file.mainOfReduced ?? file
            info.generation = nil
        }
        // A person's file stays one.
        return OwnRename(from: own.file, to: file, info: info, origin: own.origin == nil ? nil : wanted, stamp: stamp)
    }
}

/// Which own files are to get other names, all in one batch.
extension CatalogueDatabase {
    /// Steps that one batch has at most: a turn of some seconds.
    public static let mostNameSteps = 20_000
    /// How often those that stand in the way are asked to go too.
    private static let nameRounds = 64
    private static let nameAttempts = 100

    /// The names that the household has for own files of `images`, and for those that stand in their way and are to go as
    /// well: names may be swapped and passed around. What is in the way and stays makes it `NAME (NODE).ext`.
    public func nameSteps(for images: [ImageID], _ planner: Planner) async throws -> [NameStep] {
        var steps: [NameStep] = []
        steps.reserveCapacity(images.count)
        var asked = Set(images)
        var open = images
        var occupants: [RelativePath: [OwnFile]] = [:]
        for _ in 0..<Self.nameRounds where !open.isEmpty && steps.count < Self.mostNameSteps {
            var new: [(from: RelativePath, to: FileInfo, peer: NodeID?)] = []
            for situation in try await situations(of: open) {
                new += planner.moves(situation).map { from, to in
                    (from, to, situation.claims.first { $0.info.path == to.path }?.peer)
                }
            }
            let (files, targets) = (new.map { ($0.from, $0.to.image) }, new.map(\.to))
            async let reading = known(of: files)
            let occupying = try await self.occupants(of: targets)
            let read = try await reading
            let known = read.own
            var there: [(FileInfo, [OwnFile])] = []
            for ((from, to, peer), others) in zip(new, occupying) {
                guard let own = known[from], own.info.image == to.image, own.info.form == to.form else { continue }
                steps.append(NameStep(own: own, info: to, wanted: to.path, peer: peer))
                if !others.isEmpty { there.append((to, others)) }
            }
            open = []
            for (info, others) in there {
                occupants[info.file] = others
                for other in others where asked.insert(other.info.image).inserted { open.append(other.info.image) }
            }
        }
        return try await settled(steps, occupants)
    }

    /// Finds a name for those whose own is taken by what stays.
    private func settled(
        _ steps: [NameStep], _ occupants: [RelativePath: [OwnFile]]
    ) async throws -> [NameStep] {
        if occupants.isEmpty, Set(steps.lazy.map(\.wanted)).count == steps.count { return steps }
        // Those that go, by where they stand in `steps`: a step is large, and is copied once.
        var leaving = Dictionary(steps.enumerated().map { ($1.own.file, $0) }) { $1 }
        var names: [NodeID: String] = [:]
        for peer in try await peers() { names[peer.id] = peer.name }
        func isTaken(_ number: Int) -> Bool {
            (occupants[steps[number].info.file] ?? []).contains { other in
                guard other.info.image != steps[number].own.info.image else {
                    return other.file != steps[number].own.file
                }
                return leaving[other.file] == nil
            }
        }
        // What stands beside a taken name already waits there; whoever wants its name then finds it taken.
        var isSettled = false
        while !isSettled {
            isSettled = true
            for number in steps.indices where leaving[steps[number].own.file] != nil {
                guard steps[number].own.info.path.isDisambiguation(of: steps[number].wanted), isTaken(number) else {
                    continue
                }
                leaving[steps[number].own.file] = nil
                isSettled = false
            }
        }
        var targets: Set<RelativePath> = []
        var result: [NameStep] = []
        for number in steps.indices where leaving[steps[number].own.file] != nil {
            var step = steps[number]
            if isTaken(number) || targets.contains(step.wanted) {
                if step.own.info.path.isDisambiguation(of: step.wanted) { continue }
                let label = step.peer.flatMap { names[$0] ?? $0.short } ?? "kept"
                guard let free = try await freeName(beside: step.info, step.own, label, targets) else { continue }
                // It waits beside its name already.
                if free == step.own.info.path { continue }
                (step.info.path, step.info.generation) = (free, nil)
            }
            targets.insert(step.info.path)
            result.append(step)
        }
        return result
    }

    private func freeName(
        beside info: FileInfo, _ own: OwnFile, _ label: String, _ targets: Set<RelativePath>
    ) async throws -> RelativePath? {
        var info = info
        let path = info.path
        for attempt in 1...Self.nameAttempts {
            info.path = path.disambiguated(by: label, attempt: attempt)
            guard !targets.contains(info.path) else { continue }
            let others = try await occupants(of: [info])[0].filter { $0.file != own.file }
            if others.isEmpty { return info.path }
        }
        return nil
    }
}
