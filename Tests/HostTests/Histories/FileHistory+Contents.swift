import TestSupport

/// What people do to a picture itself, and new ones.
extension FileHistory {
    /// A way to save an edit: `FILE` is the picture, `NEW` a file outside of the library with the edit.
    private struct Way {
        var name: String
        var script: String
        /// Whether it keeps what was, the first time, under a name of its own.
        var keepsOriginal = false
        /// Whether the new bytes are those of another picture, `OTHER`.
        var isOther = false
    }

    private static let edited = "cp -p FILE NEW; exiftool -q -q RATING -overwrite_original NEW"

    /// Without `-I` rsync takes two files of one second and one size for the same.
    private static let ways = [
        Way(name: "exiftool", script: "exiftool -q -q RATING FILE", keepsOriginal: true),
        Way(name: "exiftool -overwrite_original", script: "exiftool -q -q RATING -overwrite_original FILE"),
        Way(name: "exiftool -P in place", script: "exiftool -q -q RATING -P -overwrite_original_in_place FILE"),
        Way(name: "mogrify", script: "mogrify -quality 85 -set comment NUMBER FILE"),
        Way(name: "convert, mv", script: "convert FILE -set comment NUMBER jpg:NEW; mv NEW FILE"),
        Way(name: "convert over it", script: "convert FILE -set comment NUMBER jpg:FILE"),
        Way(name: "cp -p", script: "\(edited); cp -p NEW FILE"),
        Way(name: "rsync -aI", script: "\(edited); rsync -aI NEW FILE"),
        Way(name: "rsync -aI --inplace", script: "\(edited); rsync -aI --inplace NEW FILE"),
        Way(name: "rm, cp", script: "\(edited); rm FILE; cp NEW FILE"),
        Way(name: "cat", script: "\(edited); cat NEW >FILE"),
        Way(name: "mv to ~, cp", script: "\(edited); mv FILE FILE~; cp NEW FILE; rm FILE~"),
        Way(name: "cp -p of another", script: "cp -p OTHER FILE", isOther: true),
        Way(name: "rm, cp of another", script: "rm FILE; cp OTHER FILE", isOther: true),
    ]

    func edit(_ machine: String, _ all: [Seen]) async throws -> Bool {
        let way = Self.ways[below(Self.ways.count)]
        guard let one = pick(all.filter(\.isMain), machine, { $0.mayEdit(machine) }) else { return false }
        if way.isOther && !OpenQuestion.bytesOfAnother.isAsked { return false }
        guard memory.mayEditOneOfSeveral(one.place, machine) else { return false }
        var other: Seen?
        if way.isOther {
            let others = all.filter { $0.isMain && $0.place != one.place && $0.image != one.image }
            guard memory.pictures[one.place].mayOwn(machine), memory.pictures[one.place].removed.isEmpty,
                let picked = pick(others, machine, { $0.mayOwn(machine) && $0.removed.isEmpty })
            else { return false }
            other = picked
        }
        let kept = PictureName("\(one.name)_original")
        let isKept = way.keepsOriginal && memory.standing[machine]?[kept] == nil
        if isKept {
            guard memory.isFree(kept), memory.may(machine, one.place, { $0.mayOwn(machine) }) else { return false }
        }
        let number = number()
        tell(machine, "\(way.name) \(one.name)\(other.map { ", \($0.name)" } ?? "")")
        let script = way.script.replacing("FILE", with: one.name.quoted)
            .replacing("OTHER", with: other?.name.quoted ?? "").replacing("NEW", with: "../edited.jpg")
            .replacing("RATING", with: "-Rating=\(number % 6) -Comment='\(machine) \(number)'")
            .replacing("NUMBER", with: "\(machine)-\(number)")
        try await self.machine(machine).inLibrary(script)
        let shown = try await ShownLibrary.read(self.machine(machine), sums)
        guard let now = shown.pictures[one.name], now.isMain, now.image != one.image else {
            throw HostFailure("\(way.name) has not edited \(one.name) at \(machine), after \(told)")
        }
        let version = PeoplesMemory.Version(image: now.image, traits: now.traits, by: machine)
        if !isKept { memory.wroteOver(one.image, at: machine, archive: archive) }
        if isKept {
            // The file that was there has another name now, and the edit is a new one.
            memory.standing[machine]?[one.name] = nil
            memory.standing[machine]?[kept] = one.place
            memory.pictures[one.place].called(kept, at: machine)
            // It stands there by this machine's hand, and what another removes comes back.
            memory.pictures[one.place].maker = machine
            let old = memory.pictures[one.place]
            if let traits = shown.pictures[kept]?.traits, old.edits[machine] != nil || old.describer == machine {
                memory.pictures[one.place].set(traits, at: machine)
            }
            memory.own(one.place, machine)
            memory.add(version, one.name, archive: archive)
            memory.own(memory.pictures.count - 1, machine)
            return true
        }
        memory.ownGroup(one.place, machine)
        memory.close(memory.group(of: one.place))
        memory.pictures[one.place].edits[machine] = version
        memory.ownGroup(one.place, machine)
        memory.close(memory.group(of: one.place))
        return true
    }

    /// Times, permissions and tags.
    func describe(_ machine: String, _ all: [Seen]) async throws -> Bool {
        guard let one = pick(all.filter(\.isMain), machine, { $0.mayDescribe(machine) }) else { return false }
        let file = one.name.quoted
        var script = ""
        if chance(70) {
            let dates = [
                "2\(100 + below(300))-05-06 07:08:09.123456789", "1901-12-14 00:00:00.5", "1970-01-01 00:00:00 UTC",
                "1969-12-31 23:59:59.999999999 UTC", "2300-01-01 00:00:00", "2262-04-12 00:00:00", "now",
                "20\(10 + below(16))-0\(1 + below(9))-11 12:13:14.\(below(1_000_000_000))",
            ]
            script += "touch -d '\(dates[below(dates.count)])' \(file); "
        }
        // More rights than the file has at another machine are not taken over there.
        if chance(30) { script += "chmod \(["g-rw", "o-rw", "go-rw"][below(3)]) \(file); " }
        if chance(50) || script.isEmpty {
            script +=
                chance(20) ? "setfattr -x user.tag \(file) || true" : "setfattr -n user.tag -v \(number()) \(file)"
        }
        tell(machine, script)
        try await self.machine(machine).inLibrary(script)
        let shown = try await ShownLibrary.read(self.machine(machine), sums)
        guard let now = shown.pictures[one.name] else { throw HostFailure("\(one.name) is gone, after \(told)") }
        memory.pictures[one.place].set(now.traits, at: machine)
        memory.ownGroup(one.place, machine)
        return true
    }

    /// A copy under another name, at the machine that it comes from. With its tags: those that a picture had count at its
    /// other names.
    func duplicate(_ machine: String, _ all: [Seen]) async throws -> Bool {
        let mains = all.filter { mayDuplicate($0, machine) }
        guard let one = pick(mains, machine, { $0.mayOwn(machine) }) else { return false }
        let name = one.name.replacingLast(with: "copy \(number()) of \(one.name.last)")
        tell(machine, "cp -a \(one.name) \(name)")
        try await self.machine(machine).inLibrary("cp -a \(one.name.quoted) \(name.quoted)")
        try await rememberCopies(machine, [(one, name)])
        return true
    }

    /// A folder of copies.
    func makeAlbum(_ machine: String, _ all: [Seen]) async throws -> Bool {
        let mains = all.filter { mayDuplicate($0, machine) && $0.name.folder != nil }
        guard let one = pick(mains, machine, { $0.mayOwn(machine) }), let folder = one.name.folder else { return false }
        let inside = all.filter { $0.name.isWithin(folder) }
        guard
            inside.allSatisfy({ seen in
                mayDuplicate(seen, machine) && memory.may(machine, seen.place) { $0.mayOwn(machine) }
            })
        else { return false }
        let album = PictureName("album \(number())")
        tell(machine, "cp -a \(folder) \(album)")
        try await self.machine(machine).inLibrary("cp -a \(folder.quoted) \(album.quoted)")
        try await rememberCopies(machine, inside.map { ($0, $0.name.moved(from: folder, to: album)) })
        return true
    }

    private func mayDuplicate(_ seen: Seen, _ machine: String) -> Bool {
        let picture = memory.pictures[seen.place]
        return seen.isMain && picture.maker == machine && picture.removed.isEmpty && machine != archive
    }

    private func rememberCopies(_ machine: String, _ copies: [(Seen, PictureName)]) async throws {
        let shown = try await ShownLibrary.read(self.machine(machine), sums)
        for (seen, name) in copies {
            guard let now = shown.pictures[name] else { throw HostFailure("there is no copy \(name), after \(told)") }
            memory.add(.init(image: now.image, traits: now.traits, by: machine), name, archive: archive)
            memory.own(seen.place, machine)
        }
    }

    func takePhoto(_ machine: String) async throws -> Bool {
        guard memory.pictures.count(where: { !$0.isGone }) < 14 else { return false }
        let taken = try await PhotoRoll.shared.take(1, on: self.machine(machine), in: "card \(number())")
        let shown = try await ShownLibrary.read(self.machine(machine), sums)
        for (path, image) in taken {
            let name = PictureName(path)
            guard let now = shown.pictures[name] else { throw HostFailure("there is no \(name), after \(told)") }
            tell(machine, "takes \(name)")
            memory.add(.init(image: image, traits: now.traits, by: machine), name, archive: archive)
        }
        return true
    }
}
