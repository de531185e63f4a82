import Foundation
import TestSupport

/// Names that people give with mv(1).
extension FileHistory {
    func rename(_ machine: String, _ all: [Seen]) async throws -> Bool {
        guard let one = pick(all, machine, { $0.mayName(machine) }) else { return false }
        return try await move(machine, [(one, freshName(like: one.name))])
    }

    /// Names that are passed around: two are swapped.
    func rotate(_ machine: String, _ all: [Seen], _ count: Int) async throws -> Bool {
        let allowed = all.filter { memory.may(machine, $0.place) { $0.mayPermute(machine) } }.shuffled(using: &dice)
        guard allowed.count >= count else { return false }
        let some = allowed.prefix(count)
        return try await permute(machine, some.indices.map { (some[$0], some[($0 + 1) % count].name) })
    }

    /// Each of a folder gets the name of the next, and the last one a new one.
    func shift(_ machine: String, _ all: [Seen]) async throws -> Bool {
        guard let one = pick(all, machine, { $0.mayPermute(machine) }) else { return false }
        let some = all.filter { seen in
            seen.name.folder == one.name.folder && memory.may(machine, seen.place) { $0.mayPermute(machine) }
        }
        guard some.count > 1 else { return false }
        let last = one.name.replacingLast(with: "z\(number()).jpg")
        return try await permute(
            machine, some.indices.map { (some[$0], $0 + 1 < some.count ? some[$0 + 1].name : last) })
    }

    func changeCase(_ machine: String, _ all: [Seen]) async throws -> Bool {
        guard let one = pick(all, machine, { $0.mayName(machine) }) else { return false }
        let last = one.name.last
        let other = last == last.uppercased() ? last.lowercased() : last.uppercased()
        return try await move(machine, [(one, one.name.replacingLast(with: other))])
    }

    func changeAccents(_ machine: String, _ all: [Seen]) async throws -> Bool {
        let accented = all.filter { $0.name.inOtherForm != $0.name }
        guard let one = pick(accented, machine, { $0.mayName(machine) }) else { return false }
        return try await move(machine, [(one, one.name.inOtherForm)])
    }

    func renameFolder(_ machine: String, _ all: [Seen]) async throws -> Bool {
        let folders = Set(all.compactMap(\.name.folder)).sorted()
        guard !folders.isEmpty else { return false }
        let folder = folders[below(folders.count)]
        return try await moveFolder(machine, all, folder, to: PictureName("folder é \(number())"))
    }

    /// A folder goes into another.
    func moveFolder(_ machine: String, _ all: [Seen]) async throws -> Bool {
        let folders = Set(all.compactMap(\.name.folder)).sorted()
        guard folders.count > 1 else { return false }
        let (folder, other) = (folders[below(folders.count)], folders[below(folders.count)])
        guard folder != other, !other.isWithin(folder), folder.folder != other else { return false }
        return try await moveFolder(machine, all, folder, to: PictureName("\(other)/\(folder.last)"))
    }

    private func moveFolder(
        _ machine: String, _ all: [Seen], _ folder: PictureName, to other: PictureName
    ) async throws -> Bool {
        let moves = all.filter { $0.name.isWithin(folder) }.map { ($0, $0.name.moved(from: folder, to: other)) }
        // What was removed where mains are kept may come back between the look and the rename.
        let known = (memory.standing[machine] ?? [:]).keys.filter { $0.isWithin(folder) }
        guard Set(known) == Set(moves.map(\.0.name)) else { return false }
        let script =
            "mkdir -p \"$(dirname \(other.quoted))\"; [ ! -e \(other.quoted) ]; mv -T \(folder.quoted) \(other.quoted)"
        return try await move(machine, moves, by: script)
    }

    // MARK: how

    private func move(_ machine: String, _ moves: [(Seen, PictureName)], by script: String? = nil) async throws -> Bool
    {
        let isAllowed = moves.allSatisfy { seen, name in
            name != seen.name && memory.isFree(name, besides: seen.place)
                && memory.may(machine, seen.place) { $0.mayName(machine) }
                && memory.standing[machine]?[name] == nil
        }
        guard isAllowed, !moves.isEmpty else { return false }
        let lines = moves.map { Self.line($0.0.file, $0.0.file(called: $0.1)) }
        let result = try await self.machine(machine).host.run(
            [
                "sh", "-ec", "cd \"$1\"; \(script ?? lines.joined(separator: "; "))", "sh",
                self.machine(machine).library.path,
            ])
        guard result.status == 0 else { return false }
        tell(machine, moves.map { "mv \($0.0.file) \($0.1)" }.joined(separator: ", "))
        remember(machine, moves)
        return true
    }

    private func permute(_ machine: String, _ all: [(Seen, PictureName)]) async throws -> Bool {
        let moves = all.filter { $0.0.name != $0.1 }
        // Copies of one picture that change places look as they did, but for their times.
        guard Set(moves.map(\.0.image)).count == moves.count else { return false }
        var steps: [String] = []
        var aside: [(PictureName, PictureName)] = []
        // One steps aside, the others take the names that are free.
        for (index, (seen, name)) in moves.enumerated() {
            let isTaken = moves[(index + 1)...].contains { $0.0.name == name } || index == 0
            if isTaken {
                let other = seen.file(called: PictureName("t\(number()).jpg"))
                steps.append(Self.line(seen.file, other))
                aside.append((other, seen.file(called: name)))
            } else {
                steps.append(Self.line(seen.file, seen.file(called: name)))
            }
        }
        for (from, to) in aside.reversed() { steps.append(Self.line(from, to)) }
        tell(machine, "passes names on: " + moves.map { "\($0.0.file) to \($0.1)" }.joined(separator: ", "))
        try await self.machine(machine).inLibrary(steps.joined(separator: "; "))
        remember(machine, moves)
        for (seen, _) in moves { memory.pictures[seen.place].permuter = machine }
        return true
    }

    private func remember(_ machine: String, _ moves: [(Seen, PictureName)]) {
        for (seen, _) in moves { memory.standing[machine]?[seen.name] = nil }
        for (seen, name) in moves {
            memory.standing[machine, default: [:]][name] = seen.place
            memory.pictures[seen.place].called(name, at: machine)
            if !isRunning(machine) { memory.pictures[seen.place].unseenNamer = machine }
            memory.ownGroup(seen.place, machine)
        }
    }

    private static func line(_ from: PictureName, _ to: PictureName) -> String {
        "mkdir -p \"$(dirname \(to.quoted))\"; mv -nT \(from.quoted) \(to.quoted); [ ! -e \(from.quoted) ]"
    }

    /// One picture is moved over another, which is its edit by that.
    func moveOver(_ machine: String, _ all: [Seen]) async throws -> Bool {
        let mains = all.filter { seen in
            seen.isMain && memory.pictures[seen.place].removed.isEmpty && memory.group(of: seen.place).count == 1
                && memory.pictures[seen.place].mayOwn(machine)
        }.shuffled(using: &dice)
        guard mains.count > 1, memory.pictures.count(where: { !$0.isGone }) > 5 else { return false }
        let (one, other) = (mains[0], mains[1])
        tell(machine, "mv -f \(one.name) \(other.name)")
        try await self.machine(machine).inLibrary("mv -fT \(one.name.quoted) \(other.name.quoted)")
        memory.pictures[other.place].isGone = true
        memory.wroteOver(other.image, at: machine, archive: archive)
        remember(machine, [(one, other.name)])
        memory.pictures[one.place].owner = machine
        return true
    }
}
