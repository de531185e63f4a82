/// What the people remember of their pictures, by the sentences of the README alone: the last name given counts, and of
/// names given apart the one that sorts first; an edit takes its place everywhere, and two edits made apart are two pictures.
struct PeoplesMemory {
    /// What somebody made of a picture, and what belongs to its file.
    struct Version: Hashable {
        var image: String
        var traits: FileTraits
        /// The machine at which it was made.
        var by: String
    }

    /// A picture that somebody removed by hand at a machine.
    struct Removal {
        var image: String
        var name: PictureName
        /// Whether it stood there under other names too, so that it is only this one at which it is not wanted.
        var isOfOneOfSeveral = false
    }

    /// A picture under one name. Where one stands under several, each is a picture of its own.
    struct Picture {
        /// As all agreed.
        var name: PictureName
        var version: Version
        /// What it was called since, at each machine, after how many words.
        var names: [String: (words: Int, name: PictureName)] = [:]
        /// The machine at which it was named while no agent ran there. That finds the name when it starts, and what it has
        /// heard by then of other names is earlier: either may count.
        var unseenNamer: String?
        var isUnseenLater = false
        /// What was made of it since, at each machine.
        var edits: [String: Version] = [:]
        /// The machine at which it was touched, tagged or hidden since.
        var describer: String?
        var removed: [String: Removal] = [:]
        /// Machines that have the main.
        var holders: Set<String>
        /// The machine at which a person put it under this name.
        var maker: String
        /// The machine whose people gave it a name that another picture had, or did what nobody else may add to.
        var (permuter, owner): (String?, String?) = (nil, nil)
        /// Machines that may have it or not: nobody has said which.
        var mayLack: Set<String> = []
        /// Whether nothing else is done to it before all have heard of what was done: ``OpenQuestion/copies``.
        var isClosed = false
        /// Whether it is deleted, or another picture was put in its place.
        var isGone = false

        init(_ version: Version, _ name: PictureName, holders: Set<String>) {
            (self.version, self.name, self.holders, maker) = (version, name, holders, version.by)
        }

        var latestName: PictureName {
            if isUnseenLater, let unseenNamer, let name = names[unseenNamer]?.name { return name }
            return names.values.min { $0.words == $1.words ? $0.name < $1.name : $0.words > $1.words }?.name ?? name
        }

        /// What it shows, and under which names.
        var shown: [(name: PictureName, version: Version)] {
            let versions = edits.isEmpty ? [version] : edits.values.sorted { $0.image < $1.image }
            let name = latestName
            return versions.enumerated().map { ($0 == 0 ? name : name.beside($1.by), $1) }
        }

        func mayName(_ machine: String) -> Bool {
            (owner ?? machine) == machine && (permuter ?? machine) == machine && edits.count < 2
        }

        func mayPermute(_ machine: String) -> Bool { mayName(machine) && names.keys.allSatisfy { $0 == machine } }

        func mayEdit(_ machine: String) -> Bool {
            let isApart = edits.keys.contains { $0 != machine }
            // Which names two edits of a picture have that was renamed, too, is nobody's to say.
            return (owner ?? machine) == machine && edits.count < 2
                && (!isApart || (names.isEmpty && !name.last.contains("(")))
        }

        func mayOwn(_ machine: String) -> Bool { mayPermute(machine) && edits.keys.allSatisfy { $0 == machine } }

        func mayDescribe(_ machine: String) -> Bool {
            (owner ?? machine) == machine && edits.keys.allSatisfy { $0 == machine }
                && (describer ?? machine) == machine
        }

        /// The images that anybody has of it.
        var images: Set<String> { Set(edits.values.map(\.image) + [version.image]) }

        mutating func called(_ name: PictureName, at machine: String) {
            names[machine] = ((names[machine]?.words ?? 0) + 1, name)
        }

        mutating func set(_ traits: FileTraits, at machine: String) {
            if edits[machine] == nil {
                version.traits = traits
                describer = machine
            } else {
                edits[machine]?.traits = traits
            }
        }
    }

    var pictures: [Picture] = []
    /// Under which names each machine has which pictures, as far as its people can see.
    var standing: [String: [PictureName: Int]] = [:]
    /// Images that all machines were seen to agree on, and that nobody wrote over at the archive itself: that may lose none.
    private(set) var images: Set<String> = []

    @discardableResult
    mutating func add(_ version: Version, _ name: PictureName, archive: String) -> Int {
        pictures.append(Picture(version, name, holders: [version.by, archive]))
        standing[version.by, default: [:]][name] = pictures.count - 1
        return pictures.count - 1
    }

    /// The pictures that show the same.
    func group(of place: Int) -> [Int] {
        pictures.indices.filter {
            !pictures[$0].isGone && !pictures[$0].images.isDisjoint(with: pictures[place].images)
        }
    }

    /// Whether the people of a machine may do something to a picture, by what others have done to it meanwhile. Of what
    /// stands at several names, one machine does everything.
    func may(_ machine: String, _ place: Int, _ right: (Picture) -> Bool) -> Bool {
        if pictures[place].isGone { return false }
        let group = group(of: place)
        if group.contains(where: { pictures[$0].isClosed }) { return false }
        return group.count > 1
            ? group.allSatisfy { pictures[$0].mayOwn(machine) } && right(pictures[place]) : right(pictures[place])
    }

    /// Nobody else may do anything to it, nor to what shows the same.
    mutating func own(_ place: Int, _ machine: String) {
        for place in group(of: place) { pictures[place].owner = machine }
    }

    /// As ``own(_:_:)``, where it stands at several names.
    mutating func ownGroup(_ place: Int, _ machine: String) {
        if group(of: place).count > 1 { own(place, machine) }
    }

    /// What a person writes over at the archive nothing can keep there.
    mutating func wroteOver(_ image: String, at machine: String, archive: String) {
        if machine == archive { images.remove(image) }
    }

    /// Of several copies one may be edited while nobody has given one of them another name, nor another machine a time or a
    /// tag: see ``OpenQuestion/copies``.
    func mayEditOneOfSeveral(_ place: Int, _ machine: String) -> Bool {
        let group = group(of: place)
        return group.count == 1 || OpenQuestion.copies.isAsked
            || group.allSatisfy {
                pictures[$0].names.isEmpty && (pictures[$0].describer ?? machine) == machine
            }
    }

    /// One of several was edited, or became one of several by that.
    mutating func close(_ places: [Int]) {
        if places.count > 1 && !OpenQuestion.copies.isAsked { for place in places { pictures[place].isClosed = true } }
    }

    /// Whether no picture, besides this one, is or was called so.
    func isFree(_ name: PictureName, besides place: Int? = nil) -> Bool {
        !pictures.indices.contains { index in
            index != place
                && (pictures[index].name == name || pictures[index].names.values.contains { $0.name == name })
        }
    }

    /// All machines agree: two edits made apart are two pictures from now on.
    mutating func agree(_ machines: [String], archive: String) {
        let earlier = pictures.filter { !$0.isGone }
        (pictures, standing) = ([], [:])
        for picture in earlier {
            let shown = picture.shown
            for (name, version) in shown {
                let makers = picture.edits.isEmpty ? [archive] : [version.by, archive]
                var new = Picture(version, name, holders: picture.holders.union(makers))
                if shown.count > 1 { new.holders = [version.by, archive] }
                if picture.edits.isEmpty { new.maker = picture.maker }
                new.removed = picture.removed.filter { $0.value.image == version.image }
                pictures.append(new)
                images.insert(version.image)
            }
        }
        for machine in machines {
            standing[machine] = Dictionary(uniqueKeysWithValues: pictures.enumerated().map { ($1.name, $0) })
        }
        for place in pictures.indices where group(of: place).count == 1 {
            // Where it stands nowhere else any more, it may come back.
            for (machine, removal) in pictures[place].removed where removal.isOfOneOfSeveral {
                pictures[place].removed[machine] = nil
                pictures[place].mayLack.insert(machine)
            }
        }
    }
}
