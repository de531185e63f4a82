import Foundation
import TestSupport

/// What all machines show, compared with what the people remember.
extension FileHistory {
    /// What a machine is to show of one name.
    private struct Due {
        var version: PeoplesMemory.Version
        var mustBeMain: Bool
        var isOptional: Bool
    }

    /// Waits until nothing is left to do and each machine shows what the people remember.
    func settle(within limit: Duration = .seconds(60)) async throws {
        let deadline = ContinuousClock.now + limit
        var faults: [String] = []
        repeat {
            faults = []
            let there = try await ShownLibrary.read(trio.archive, sums)
            for place in memory.pictures.indices {
                memory.pictures[place].isUnseenLater =
                    memory.pictures[place].unseenNamer.map { unseen in
                        memory.pictures[place].names[unseen].map { there.pictures[$0.name] != nil } ?? false
                    } ?? false
            }
            for machine in trio.all { faults += try await self.faults(machine) }
            if faults.isEmpty {
                memory.agree(trio.all.map(\.name), archive: archive)
                return
            }
        } while ContinuousClock.now < deadline
        throw HostFailure("\(faults.joined(separator: "\n"))\nafter\n\(told.joined(separator: "\n"))")
    }

    private func faults(_ machine: Machine) async throws -> [String] {
        let status = try await machine.status()
        var faults = status.problems.map { "\($0.subject): \($0.reason)" }
        if !status.isSettled(peers: 2) {
            faults.append(
                "it is not in sync: \(status.work), \(status.peers.map { "\($0.name) \($0.state) \($0.inSync)" })")
        }
        let shown = try await ShownLibrary.read(machine, sums)
        faults += shown.faults
        let due = due(machine.name)
        for (name, picture) in shown.pictures.sorted(by: { $0.key < $1.key }) {
            guard let expected = due[name] else {
                faults.append("\(name) stands there, \(picture.image.prefix(6))")
                continue
            }
            let version = expected.version
            if picture.image != version.image {
                faults.append("\(name) is \(picture.image.prefix(6)) instead of \(version.image.prefix(6))")
            } else if picture.isMain ? picture.traits != version.traits : expected.mustBeMain {
                let form = picture.isMain ? "a main with \(picture.traits)" : "a reduced copy"
                faults.append("\(name) is \(form), and should be a main with \(version.traits)")
            }
        }
        for (name, expected) in due.sorted(by: { $0.key < $1.key }) where shown.pictures[name] == nil {
            if !expected.isOptional { faults.append("\(name) is not there, \(expected.version.image.prefix(6))") }
        }
        if faults.isEmpty, try await !shown.isKnown(to: machine) { faults.append("it lists other files than it has") }
        return faults.map { "\(machine.name): \($0)" }
    }

    private func due(_ machine: String) -> [PictureName: Due] {
        var all: [PictureName: Due] = [:]
        for (place, picture) in memory.pictures.enumerated() where !picture.isGone {
            let shown = picture.shown
            for (name, version) in shown {
                var due = Due(
                    version: version,
                    mustBeMain: machine == archive || picture.edits[machine] == version
                        || (picture.holders.contains(machine) && shown.count == 1),
                    isOptional: picture.mayLack.contains(machine))
                if let removal = picture.removed[machine] {
                    let isOther = removal.image != version.image
                    let isLast = removal.isOfOneOfSeveral && memory.group(of: place).count == 1
                    // What was removed here and edited elsewhere is another picture: it may come.
                    if !isOther && !isLast { continue }
                    due.isOptional = true
                    due.mustBeMain = false
                }
                // Where a main stands at one name, that is enough, but for where mains are kept.
                let others = memory.group(of: place).filter { $0 != place }
                if machine != archive && picture.maker != machine
                    && others.contains(where: { memory.pictures[$0].holders.contains(machine) })
                {
                    due.isOptional = true
                    due.mustBeMain = false
                }
                all[name] = due
            }
        }
        return all
    }

    /// Whatever all machines once had lies at the archive still, in the library or beside it.
    func expectNothingLost() async throws {
        let there = try await Set(trio.archive.census().files.values)
        let lost = memory.images.subtracting(there)
        guard lost.isEmpty else {
            throw HostFailure("the archive has lost \(lost), after \(told.joined(separator: "\n"))")
        }
    }
}
