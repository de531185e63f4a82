import Model

/// What the people remember of their pictures, by the words of the protocol page alone: whoever names a picture later than
/// all that is known where it is done has the last word, of words at once that counts which sorts first, and edits made
/// apart are two pictures.
struct Memory {
    /// What somebody called a picture, after how many words that were known there.
    struct Name {
        var path: RelativePath
        var generation: Int64
    }

    struct Picture {
        var names: [Name]
        /// What it looks like, and the machine where it was made so; more than one where it was edited apart.
        var versions: [(image: ImageID, by: Int)]
        /// Where somebody removed it: which image, as which file, under which word.
        var removed: [Int: (image: ImageID, file: RelativePath, form: Form, generation: Int64)] = [:]
        /// Machines at which it was named, and edited, since all agreed.
        var (namers, editors): (Set<Int>, Set<Int>) = ([], [])
        /// The machine whose people gave it a name that another picture had, or did what nobody else may add to.
        var (permuter, owner): (Int?, Int?)

        init(_ image: ImageID, _ path: RelativePath, by node: Int) {
            names = [Name(path: path, generation: 0)]
            versions = [(image, node)]
        }

        var name: RelativePath {
            names.min { $0.generation == $1.generation ? $0.path < $1.path : $0.generation > $1.generation }?.path
                ?? names[0].path
        }

        /// The name of each of its images.
        var shown: [(path: RelativePath, image: ImageID)] {
            versions.sorted { $0.image < $1.image }.enumerated().map { place, version in
                let path = name
                return (
                    place == 0 ? path : path.disambiguated(by: HistoryKind.names[version.by], attempt: 1),
                    version.image
                )
            }
        }

        func mayName(_ node: Int) -> Bool {
            (owner ?? node) == node && (permuter ?? node) == node && versions.count == 1
        }

        func mayPermute(_ node: Int) -> Bool { mayName(node) && namers.isSubset(of: [node]) }

        func mayEdit(_ node: Int) -> Bool { (owner ?? node) == node && versions.count == 1 }

        func mayOwn(_ node: Int) -> Bool { mayPermute(node) && editors.isSubset(of: [node]) }
    }

    private(set) var places: [ImageID: Int] = [:]
    var pictures: [Picture] = []

    mutating func add(_ image: ImageID, _ path: RelativePath, by node: Int) {
        places[image] = pictures.count
        pictures.append(Picture(image, path, by: node))
    }

    mutating func edited(_ place: Int, from old: ImageID, to new: ImageID, by node: Int) {
        places[new] = place
        pictures[place].editors.insert(node)
        pictures[place].versions.removeAll { $0.image == old }
        pictures[place].versions.append((new, node))
    }

    /// Whether no picture, besides this one, is or was called so.
    func isFree(_ path: RelativePath, besides place: Int?) -> Bool {
        !pictures.indices.contains { index in
            index != place && pictures[index].names.contains { $0.path == path }
        }
    }

    /// All machines agree: two edits made apart are two pictures from now on.
    ///
    /// - Parameter absent: machines that show none of these images.
    mutating func agree(absent: (ImageID) -> Set<Int>) {
        let earlier = pictures
        (pictures, places) = ([], [:])
        for picture in earlier {
            for (path, image) in picture.shown {
                add(image, path, by: picture.versions.first { $0.image == image }?.by ?? 0)
                let removed = picture.removed.filter { $0.value.image == image && absent(image).contains($0.key) }
                pictures[pictures.count - 1].removed = removed
            }
        }
    }
}
