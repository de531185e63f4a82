import Foundation
import TestSupport

/// What people remove and have back.
extension FileHistory {
    /// By hand: it is gone from this machine. Of what stands at several names where it was put, it is gone at all machines.
    func remove(_ machine: String, _ all: [Seen]) async throws -> Bool {
        let allowed = all.filter { seen in
            let picture = memory.pictures[seen.place]
            let group = memory.group(of: seen.place)
            // What nobody else has yet would be lost, and so would a name that nobody has heard of.
            return memory.images.contains(seen.image) && picture.edits.isEmpty && picture.names.isEmpty
                && (machine != archive || (group.count == 1 && picture.holders.count > 1))
                && (group.count == 1 || group.allSatisfy { memory.pictures[$0].removed.isEmpty })
                && (group.count == 1 || !seen.name.last.hasSuffix("_original") || OpenQuestion.putAside.isAsked)
        }
        guard memory.pictures.count(where: { !$0.isGone }) > 5,
            let one = pick(allowed, machine, { $0.mayOwn(machine) && $0.describer == nil })
        else { return false }
        tell(machine, "rm \(one.file)")
        try await self.machine(machine).inLibrary("rm \(one.file.quoted)")
        // It comes back to where mains are kept.
        if machine == archive { return true }
        memory.standing[machine]?[one.name] = nil
        let isOfSeveral = memory.group(of: one.place).count > 1
        memory.ownGroup(one.place, machine)
        if isOfSeveral && memory.pictures[one.place].maker == machine {
            memory.pictures[one.place].isGone = true
            return true
        }
        memory.pictures[one.place].holders.remove(machine)
        memory.pictures[one.place].removed[machine] = .init(
            image: one.image, name: one.name, isOfOneOfSeveral: isOfSeveral)
        return true
    }

    /// `syncctl restore`, by the name that it had, or by the one that it has now.
    func restore(_ machine: String) async throws -> Bool {
        let all = memory.pictures.indices.filter { place in
            let picture = memory.pictures[place]
            return picture.removed[machine] != nil && picture.edits.isEmpty && !picture.isGone
                && memory.may(machine, place) { $0.mayName(machine) }
        }
        guard !all.isEmpty, isRunning(machine) else { return false }
        let place = all[below(all.count)]
        guard let removal = memory.pictures[place].removed[machine] else { return false }
        let path = chance(50) ? removal.name : memory.pictures[place].name
        tell(machine, "syncctl restore \(path), which was \(removal.name)")
        let said = try await self.machine(machine).require("restore", "\(self.machine(machine).library.path)/\(path)")
        guard said.contains("comes back") else {
            throw HostFailure("restore \(path) at \(machine) says: \(said), after \(told)")
        }
        memory.pictures[place].removed[machine] = nil
        memory.ownGroup(place, machine)
        return true
    }

    /// `syncctl delete`: everywhere.
    func delete(_ machine: String, _ all: [Seen]) async throws -> Bool {
        let allowed = all.filter { seen in
            memory.pictures[seen.place].removed.isEmpty && memory.group(of: seen.place).count == 1
        }
        guard memory.pictures.count(where: { !$0.isGone }) > 6, isRunning(machine),
            let one = pick(allowed, machine, { $0.mayOwn(machine) })
        else { return false }
        tell(machine, "syncctl delete \(one.name)")
        try await self.machine(machine).require("delete", "--yes", "\(self.machine(machine).library.path)/\(one.name)")
        memory.standing[machine]?[one.name] = nil
        memory.pictures[one.place].isGone = true
        memory.pictures[one.place].owner = machine
        return true
    }
}
